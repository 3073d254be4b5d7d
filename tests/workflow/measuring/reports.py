"""Studies in plain values, for what is measured without a database."""

from collections.abc import Sequence
from typing import Any

from workflow.agreement.resampling import Resampling
from workflow.measuring.report import Terms, agreement_report
from workflow.measuring.study import FirstRead, Studied, StudiedCase
from workflow.protocol.protocol import Protocol


def case(number: int, readers: Sequence[str], values: Sequence[Any], **more: Any) -> StudiedCase:
    """A case whose readers said these things of its one field `x`; None: the read leaves it out."""
    labels = [{"fields": {} if value is None else {"x": value}} for value in values]
    return of_labels(number, readers, labels, **more)


def of_labels(
    number: int, readers: Sequence[str], labels: Sequence[dict[str, Any]], **more: Any
) -> StudiedCase:
    """A case with these labels, one read after the other."""
    reads = tuple(
        FirstRead(f"{number}/{slot}", reader, slot, said)
        for slot, (reader, said) in enumerate(zip(readers, labels, strict=True), 1)
    )
    return StudiedCase(f"case-{number:04}", more.pop("patient", f"p{number:04}"), len(reads), reads, **more)


def terms(field: dict[str, Any] | None, **sections: Any) -> Terms:
    """A label schema of one field `x`, and a protocol with some sections."""
    document = {
        "schema": "consilium/protocol/v1",
        "reads": {"rule": "2+1", "count": 2, "max": 3},
        "safety_contact": {"none_because": "A test has no patients."},
        "arbitration": {"sample_of_agreed": {"share": "0", "strata": []}},
        **{key: value for key, value in sections.items() if key != "types"},
    }
    fields = [] if field is None else [{"key": "x", "label": "X", **field}]
    schema: dict[str, Any] = {"schema": "consilium/label-schema/v1", "fields": fields}
    if "types" in sections:
        schema["findings"] = {"min": 0, "max": 9, "types": sections["types"]}
    return Terms(schema, Protocol.parse(document), Resampling(draws=50))


def field_of(cases: Sequence[StudiedCase], how: Terms) -> dict[str, Any]:
    """What is reported of the one field."""
    [field] = agreement_report(Studied(tuple(cases)), how)["fields"]
    found: dict[str, Any] = field
    return found


def values(told: dict[str, Any]) -> dict[str, float | None]:
    """The statistics by name."""
    return {one["statistic"]: one["value"] for one in told["statistics"]}


def scale(*choices: Any) -> list[dict[str, Any]]:
    """Categories of a field."""
    return [{"value": choice, "label": str(choice)} for choice in choices]
