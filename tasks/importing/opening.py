"""Cases are opened from what an import brought: each row in a transaction of its own, whole or not at all."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db import transaction

from tasks.beginning import begin
from workflow.acting import Acting
from workflow.errors import DomainError
from workflow.images.attaching import Attached, attach
from workflow.images.judging import Finding, judged
from workflow.images.likeness import is_in_other_split, of_series
from workflow.images.options import rules_of
from workflow.images.spacing import spacing_of
from workflow.images.vault import keep_truth, unsealed_truth
from workflow.intake import NewCase, register_cases
from workflow.models import Case, CaseImage, ImportBatch, ImportRow, Instance, Role, Series
from workflow.probes.gold import add_gold
from workflow.projects import lock
from workflow.reasons import fault
from workflow.settings.reading import limit
from workflow.unit import on_case

Progress = Callable[[str, int, int], None]
_MISSING: Final = "Some of its images didn't come: import them, then this row again."
_SEVERAL: Final = "Its images are of several patients. A case is of one."
_OTHER_SPLIT: Final = "This patient is in another split already; all of a patient's cases go to one split."
_ALIKE: Final = (
    "It looks the same as a case of another split: a model could be tested on what it was trained on."
)
_IN_USE: Final = "A case with this reference is there already, with other images. Give another reference."
_NO_STUDY: Final = "It names no study or series that came."


class Unfit(Exception):
    """A row that becomes no case, and why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.faults = [fault("", code, message)]


def open_cases(batch: ImportBatch, say: Progress) -> None:
    """Open the case of each row that waits; where there is no manifest, a row for each study or series is made."""
    if not batch.has_manifest:
        _make_rows(batch)
    waiting = list(batch.rows.filter(result=ImportRow.Result.WAITING).order_by("number"))
    for done, row in enumerate(waiting, 1):
        try:
            _open(batch, row)
        except Unfit as unfit:
            _refuse(row, unfit.faults)
        except DomainError as error:
            _refuse(row, error.extra.get("faults") or [fault("", error.code, error.detail)])
        say("cases", done, len(waiting))


def _make_rows(batch: ImportBatch) -> None:
    there = batch.rows.count()
    done = [one for row in batch.rows.values_list("images", flat=True) for one in row]
    rows = [(_free(batch, ref), images) for ref, images in _units(batch) if images not in done]
    ImportRow.objects.bulk_create(
        ImportRow(batch=batch, number=there + n, external_ref=ref, split=batch.split, images=[images])
        for n, (ref, images) in enumerate(rows, 1)
    )


def _free(batch: ImportBatch, ref: str) -> str:
    """The reference, or with a number where a case that was withdrawn has it."""
    taken = set(
        batch.project.cases.filter(external_ref__startswith=ref).values_list("external_ref", flat=True)
    )
    return next(one for one in (ref, *(f"{ref}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)


def _units(batch: ImportBatch) -> Iterator[tuple[str, dict[str, Any]]]:
    """A reference and the images of each case, in the order of their pseudonyms, which tells nothing."""
    brought = Series.objects.filter(instances__batch=batch, cases=None).select_related("study").distinct()
    if batch.unit == ImportBatch.Unit.SERIES:
        for one in brought.order_by("uid"):
            yield f"series-{one.uid[-16:]}", {"study": one.study.uid, "series": [one.uid], "role": "current"}
        return
    for study in sorted({one.study.uid for one in brought}):
        yield f"study-{study[-16:]}", {"study": study, "series": [], "role": "current"}


def _open(batch: ImportBatch, row: ImportRow) -> None:
    with transaction.atomic():
        lock(batch.project)  # what another import opens at this moment is seen, or waits
        images = list(_images(batch, row))
        _check_count(row, images)
        patient = _patient(images)
        _check_split(batch, row, patient, images)
        acting = Acting(batch.requested_by, Role.MANAGER)
        new = _new_case(row, patient, images)
        (told,) = register_cases(acting=acting, project=batch.project, cases=[new])
        if told.result == "refused":
            _refuse(row, list(told.faults))
            return
        if told.result == "registered" and told.case_id is not None:
            current = [one.series for one in images if one.role == CaseImage.Role.CURRENT]
            findings = judged(current, rules_of(batch.project))
            _attach(acting, batch, row, told.case_id, images, findings)
            if row.gold is not None:
                case = Case.objects.select_related("project__log").get(pk=told.case_id)
                add_gold(acting=acting, case=case, use="gold", labels=row.gold)
            begin(project=batch.project, case_ids=[told.case_id])
        elif not CaseImage.objects.filter(case=told.case_id, series__in=[i.series for i in images]).exists():
            raise Unfit("reference_in_use", _IN_USE)
        row.result, row.case_id = told.result, told.case_id
        row.save(update_fields=["result", "case"])


def _attach(
    acting: Acting,
    batch: ImportBatch,
    row: ImportRow,
    case_id: Any,
    images: list[Attached],
    findings: list[Finding],
) -> None:
    with on_case(acting, case_id) as unit:
        truth = None
        if row.truth is not None:
            sealed = bytes(row.truth)
            truth = unsealed_truth(batch.project_id, sealed).commitment  # the log's, from the beginning
            keep_truth(batch.project_id, case_id, sealed)
        attach(unit, batch, images, findings, truth)


def _images(batch: ImportBatch, row: ImportRow) -> Iterator[Attached]:
    for wanted in row.images:
        found = Series.objects.filter(study__project=batch.project_id).select_related("study")
        if wanted["study"]:
            found = found.filter(study__uid=wanted["study"])
        if wanted["series"]:
            found = found.filter(uid__in=wanted["series"])
        some = list(found.order_by("uid"))
        if not some or len(some) < len(set(wanted["series"])):
            raise Unfit("images_missing", _MISSING)
        is_current = wanted["role"] == CaseImage.Role.CURRENT
        yield from (Attached(one, wanted["role"], of_series(one) if is_current else None) for one in some)


def _check_count(row: ImportRow, images: list[Attached]) -> None:
    """A case is whole: it has as many images as its manifest says, if it says so."""
    wanted = sum(one.get("count", 0) for one in row.images)
    own = [one.series for one in images if one.role == CaseImage.Role.CURRENT]
    there = Instance.objects.filter(series__in=own).count()
    if wanted and there != wanted:
        raise Unfit("images_missing", f"It has {there:,} images, its manifest says {wanted:,}.")


def _patient(images: list[Attached]) -> str:
    patients = {one.series.study.patient for one in images}
    if not images:
        raise Unfit("no_images", _NO_STUDY)
    if len(patients) > 1:
        raise Unfit("several_patients", _SEVERAL)
    return patients.pop()


def _check_split(batch: ImportBatch, row: ImportRow, patient: str, images: list[Attached]) -> None:
    """All of a patient is in one split, whatever key a manifest gives them; so is what looks the same."""
    others = CaseImage.objects.filter(case__project=batch.project_id, series__study__patient=patient)
    if others.exclude(case__split=row.split).exclude(case__state="excluded").exists():
        raise Unfit("patient_in_other_split", _OTHER_SPLIT)
    distance = limit(batch.project, "near_duplicate_bits")
    for one in images if distance is not None else ():
        if one.likeness is not None and is_in_other_split(
            batch.project_id, row.split, one.likeness, distance or 0
        ):
            raise Unfit("near_duplicate", _ALIKE)


def _new_case(row: ImportRow, patient: str, images: list[Attached]) -> NewCase:
    return NewCase(
        external_ref=row.external_ref,
        patient_key=row.patient_key or patient,
        split=row.split,
        strata={**_strata(images), **row.strata, **_synthetic(images)},
        priority=row.priority,
        shown={**_measures(images), **row.shown},
        needs=row.needs,
        wave=row.wave,
        control=row.gold is not None,
    )


def _strata(images: list[Attached]) -> dict[str, Any]:
    """What the images themselves say of the subgroups that a case is in; a manifest knows better."""
    current = next(one.series for one in images if one.role == CaseImage.Role.CURRENT)
    facts = Instance.objects.filter(series=current).values_list("facts", flat=True).first() or {}
    named = {"modality": "modality", "vendor": "manufacturer", "sex": "sex", "age_band": "age_band"}
    found: dict[str, Any] = {name: facts[fact] for name, fact in named.items() if facts.get(fact)}
    return found


def _measures(images: list[Attached]) -> dict[str, Any]:
    """How large their pixels are: never a reader's to say, so that marks are measured by what the scanner said."""
    entries = spacing_of(one.series for one in images)
    return {"spacing": entries} if entries else {}


def _synthetic(images: list[Attached]) -> dict[str, Any]:
    """What nobody can say otherwise: that some of these images are of no patient."""
    return {"synthetic": True} if any(one.series.study.synthetic for one in images) else {}


def _refuse(row: ImportRow, faults: list[dict[str, str]]) -> None:
    row.result, row.faults = ImportRow.Result.REFUSED, faults
    row.save(update_fields=["result", "faults"])
