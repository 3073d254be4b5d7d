"""A read or a label in plain values with codes: the label schema's, or else our own with the schema's digest."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from imaging.out.labels import SCHEME, Answers, Choice, Concept, Drawing, Mark, Number, Region, version_of
from workflow.consensus.ellipses import outline_of
from workflow.labels.schema import LabelSchema
from workflow.labels.schema_parts import CATEGORICAL, DRAWN, CodedTerm, Field, Kind

Content = dict[str, Any]
_YES, _NO = Concept("SCT", "373066001", "Yes"), Concept("SCT", "373067005", "No")
_FINER: Final = 1_000_000  # what a pixel has of the units in which an ellipse's outline is given


class Coder:
    """The codes of one label schema; `digest` is that of its guideline."""

    def __init__(self, schema: LabelSchema, digest: str) -> None:
        self.schema, self._version = schema, version_of(digest)

    def answers(self, labels: Content | None, status: str = "") -> Answers:
        """What a version says, free text left out; `status` is the label's own."""
        told = labels or {}
        fields = told.get("fields", {})
        drawings = [*self._drawn("", self.schema.fields, fields), *self._findings(told.get("findings", []))]
        settled = [self._status(status)] if status else []
        choices = (*settled, *self._choices(self.schema.fields, fields))
        return Answers(choices, tuple(self._numbers(self.schema.fields, fields)), tuple(drawings))

    def _findings(self, findings: Sequence[Content]) -> Iterator[Drawing]:
        for one in findings:
            kind = self.schema.finding_type(one["type"])
            if kind is None:
                continue
            path, fields = f"findings/{one['id']}", one.get("fields", {})
            what = self._of(kind.code, kind.key, kind.label)
            yield Drawing(
                path,
                what,
                one["mark"],
                region_of(one["mark"]),
                tuple(self._choices(kind.fields, fields)),
                tuple(self._numbers(kind.fields, fields)),
            )
            yield from self._drawn(f"{path}/", kind.fields, fields)

    def _drawn(self, above: str, asked: Sequence[Field], given: Content) -> Iterator[Drawing]:
        for field in asked:
            mark = given.get(field.key)
            if field.kind in DRAWN and isinstance(mark, dict) and "kind" in mark:
                yield Drawing(f"{above}fields/{field.key}", self._question(field), mark, region_of(mark))

    def _choices(self, asked: Sequence[Field], given: Content) -> Iterator[Choice]:
        for field in asked:
            if field.key in given:
                question = self._question(field)
                yield from (Choice(field.key, question, one) for one in self._answer(field, given[field.key]))

    def _numbers(self, asked: Sequence[Field], given: Content) -> Iterator[Number]:
        for field in asked:
            value = given.get(field.key)
            if field.kind is Kind.NUMBER and isinstance(value, str):
                yield Number(field.key, self._question(field), value, field.unit)

    def _answer(self, field: Field, value: Any) -> Iterator[Concept]:
        if isinstance(value, dict) and value.get("not_assessable"):
            yield Concept(SCHEME, "not_assessable", "Not assessable", self._version)
        elif field.kind is Kind.BOOLEAN:
            yield _YES if value else _NO
        elif field.kind in CATEGORICAL:
            values = value if isinstance(value, list) else [value]
            yield from (self._category(field, one) for one in values)
            if not values:
                yield Concept(SCHEME, f"{field.key}.none", "None of them", self._version)

    def _category(self, field: Field, value: str | int) -> Concept:
        found = next(one for one in field.categories if one.value == value)
        return self._of(found.code, f"{field.key}.{value}", found.label)

    def _question(self, field: Field) -> Concept:
        return self._of(field.code, field.key, field.label)

    def _of(self, code: CodedTerm | None, key: str, label: str) -> Concept:
        if code is None:
            return Concept(SCHEME, key, label, self._version)
        return Concept(code.scheme, code.value, code.meaning, code.version)

    def _status(self, status: str) -> Choice:
        question = Concept(SCHEME, "label_status", "Status of the reference label", self._version)
        return Choice(
            "label_status",
            question,
            Concept(SCHEME, f"label_status.{status}", status.capitalize(), self._version),
        )


def region_of(mark: Mark) -> Region | None:
    """What a mark covers, as the consensus compares it; None of points, lengths, boxes and spans."""
    match mark["kind"]:
        case "mask":
            return Region(slices=tuple((one["slice"], tuple(one["runs"])) for one in mark["slices"]))
        case "polygon":
            return Region(rings=(mark["points"], *mark.get("holes", [])))
        case "ellipse":
            return Region(rings=(outline_of(mark)["points"],), pixel=_FINER)
    return None
