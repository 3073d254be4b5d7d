"""What a model says of cases comes in: many at once, each for itself; the first of a model and case is in force."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID, uuid4

from django.db.models import Q

from audit.actions import Action
from audit.contents import Blob, blob_of
from audit.log import Entry
from workflow.acting import Acting
from workflow.counted import without_probes
from workflow.errors import IllegalMove, InvalidInput
from workflow.images.marked import not_of_case
from workflow.labels.faults import LabelsInvalid
from workflow.many_cases import ManyCases, on_cases
from workflow.models import Case, GuidelineVersion, Prediction, ReaderModel, Role
from workflow.reasons import fault
from workflow.versions import published

from .partial import checked
from .registering import as_agent

PREDICTION: Final = "consilium/prediction/v1"
MOST: Final = 1000
AT_ONCE: Final = (
    100  # an event must carry the database's time: what is told together is written within a second
)
REFUSED: Final = {
    "not_found": "There is no such case in this project.",
    "named_twice": "This case is named twice: one answer per case.",
    "labels_unfit": "The labels don't fit the label schema in force; each fault is listed with its place.",
    "prediction_differs": "Another answer of this model for this case is in force: the first that came.",
}


@dataclass(frozen=True, slots=True)
class NewPrediction:
    """What a model says of a case, which is named by its id or by its external reference."""

    labels: Any
    case: UUID | None = None
    external_ref: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one: `attached`, `exists` (the same was there already), or `refused` with a code and why."""

    result: str
    case: UUID | None = None
    external_ref: str = ""
    digest: str = ""
    code: str = ""
    detail: str = ""
    faults: tuple[dict[str, str], ...] = ()


def attach_predictions(
    *, acting: Acting, model: ReaderModel, predictions: Sequence[NewPrediction]
) -> list[Row]:
    """Keep what a model says of cases, each with an event of its case. Sending one again changes nothing.

    UIDs in marks are the stored ones, as an export has them. IllegalMove for a model that is retired.
    """
    project = model.project
    acting = acting.using(Role.MANAGER).within(project)
    if not 1 <= len(predictions) <= MOST:
        raise InvalidInput([fault("/predictions", "bad_number", f"Send 1 to {MOST} predictions.")])
    if model.retired_event_id is not None:
        raise IllegalMove("This model is retired. Register the version that is in use now.")
    guideline = str(published(GuidelineVersion, project).content_id)
    found = [_found(one, cases) for cases in [_cases(model, predictions)] for one in predictions]
    with on_cases(acting, project, [case.pk for case in found if case]) as many:
        rows = list(_checked(many, model, guideline, found, predictions))
        _write(many, model, guideline, rows)
    return [row for row, _ in rows]


def _cases(model: ReaderModel, predictions: Sequence[NewPrediction]) -> dict[Any, Case]:
    named = Q(pk__in=[one.case for one in predictions if one.case])
    named |= Q(external_ref__in=[one.external_ref for one in predictions if one.external_ref])
    cases = list(without_probes(Case.objects.filter(named, project=model.project)))
    return {case.pk: case for case in cases} | {case.external_ref: case for case in cases}


def _found(one: NewPrediction, cases: dict[Any, Case]) -> Case | None:
    """The case that a row names; where it is named in both ways, they must be of the same."""
    named = [cases.get(name) for name in (one.case, one.external_ref) if name]
    return named[0] if named and all(case == named[0] for case in named) else None


def _checked(
    many: ManyCases,
    model: ReaderModel,
    guideline: str,
    found: Sequence[Case | None],
    predictions: Sequence[NewPrediction],
) -> Iterator[tuple[Row, Blob | None]]:
    """Each row, with what is to be written of it."""
    known = dict(
        Prediction.objects.filter(model=model, case__in=list(many.cases)).values_list("case", "content")
    )
    seen: set[UUID] = set()
    for case, given in zip(found, predictions, strict=True):
        row, blob = _one(case, given, model, guideline, known, seen)
        yield row if case is None else replace(row, case=case.pk, external_ref=case.external_ref), blob


def _one(
    case: Case | None,
    given: NewPrediction,
    model: ReaderModel,
    guideline: str,
    known: dict[UUID, str],
    seen: set[UUID],
) -> tuple[Row, Blob | None]:
    if case is None:
        return _refused("not_found", case=given.case, external_ref=given.external_ref), None
    if case.pk in seen:
        return _refused("named_twice"), None
    seen.add(case.pk)
    try:
        labels = checked(guideline, given.labels)
    except LabelsInvalid as error:
        faults = [fault(f"/labels{f.path}", f.code, f.message) for f in error.faults]
        return _refused("labels_unfit", faults=tuple(faults)), None
    if elsewhere := not_of_case(labels, case):
        faults = [{**one, "path": f"/labels{one['path']}"} for one in elsewhere]
        return _refused("labels_unfit", faults=tuple(faults)), None
    blob = blob_of({"schema": PREDICTION, "model": model.digest, "labels": labels})
    if case.pk not in known:
        return Row("attached", digest=blob.digest), blob
    return (Row("exists", digest=blob.digest) if known[case.pk] == blob.digest else _differs()), None


def _refused(code: str, **more: Any) -> Row:
    return Row("refused", code=code, detail=REFUSED[code], **more)


def _differs() -> Row:
    return _refused("prediction_differs")


def _write(
    many: ManyCases, model: ReaderModel, guideline: str, rows: Sequence[tuple[Row, Blob | None]]
) -> None:
    fresh = [(row, blob) for row, blob in rows if blob is not None]
    for start in range(0, len(fresh), AT_ONCE):
        some = [
            _prediction(many, model, guideline, row, blob) for row, blob in fresh[start : start + AT_ONCE]
        ]
        many.write_on()
        Prediction.objects.bulk_create(some)


def _prediction(many: ManyCases, model: ReaderModel, guideline: str, row: Row, blob: Blob) -> Prediction:
    assert row.case is not None
    new = Prediction(id=uuid4(), model=model, case_id=row.case, content_id=blob.digest)
    new.attached_by, new.created_at = many.acting.person(), many.now()
    entry: Entry = many.record(
        row.case,
        Action.PRELABEL_ATTACHED,
        object=("prediction", new.pk, 1),
        after=blob,
        extra={"model": str(model.pk), "fits": guideline},
        model=as_agent(model),
    )
    new.event_id = entry.event_id
    return new
