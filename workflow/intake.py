"""Cases come in: registered in bulk, once per external reference, and accepted into annotation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from .acting import Acting
from .consensus.spacing import spacing_faults
from .documents import fits, profile_faults
from .errors import InvalidInput
from .models import Case, CaseRound, GuidelineVersion, Project, ProtocolVersion, Role
from .qualification import need_faults
from .registering import write_new
from .rounds import begin_round
from .unit import CaseUnit
from .versions import published
from .waves.joining import wave_faults, waves_named
from .waves.room import alone

MOST_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case as somebody wants to register it. Patient and split are fixed here, for ever."""

    external_ref: str
    patient_key: str
    split: str
    strata: dict[str, Any]
    priority: int = 0
    shown: dict[str, Any] = field(default_factory=dict)
    needs: Sequence[str] = ()
    wave: str = ""  # by its name
    control: bool = False  # known beforehand, to show to readers: never read as a case of the study


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one row: `registered`, `exists` (the same was there already) or `refused` with faults."""

    external_ref: str
    result: str
    case_id: UUID | None = None
    faults: tuple[dict[str, str], ...] = ()


def register_cases(*, acting: Acting, project: Project, cases: Sequence[NewCase]) -> list[Row]:
    """Register cases and hand out their work. Each row stands for itself; sending a row twice changes nothing."""
    acting = acting.using(Role.MANAGER).within(project)
    if len(cases) > MOST_AT_ONCE:
        raise InvalidInput(
            [{"path": "", "code": "too_many", "message": f"Send at most {MOST_AT_ONCE} cases at once."}]
        )
    with transaction.atomic():
        # Not a key: rows that refer to the project may still be written, so that nobody who works waits crosswise.
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        rows = check_cases(project, cases)
        fresh = [(row, new) for row, new in zip(rows, cases, strict=True) if row.result == "registered"]
        if fresh:
            ids = write_new(acting, project, [new for _, new in fresh])
            rows = [Row(r.external_ref, r.result, ids.get(r.external_ref, r.case_id), r.faults) for r in rows]
    return rows


def check_cases(project: Project, cases: Sequence[NewCase]) -> list[Row]:
    """What registering would make of each row; registers none. Two queries, and one where waves are named."""
    known = {
        c.external_ref: c for c in project.cases.filter(external_ref__in=[n.external_ref for n in cases])
    }
    patients = dict(
        project.cases.filter(patient_key__in={n.patient_key for n in cases}).values_list(
            "patient_key", "split"
        )
    )
    waves = waves_named(project, {n.wave for n in cases})
    rows: list[Row] = []
    seen: dict[str, NewCase] = {}
    for new in cases:
        faults = _faults(new, known.get(new.external_ref) or seen.get(new.external_ref), patients)
        faults += wave_faults(new.wave, waves, control=new.control, known=known.get(new.external_ref))
        if faults:
            rows.append(Row(new.external_ref, "refused", None, tuple(faults)))
        elif new.external_ref in known:
            rows.append(Row(new.external_ref, "exists", known[new.external_ref].pk))
        elif new.external_ref in seen:
            rows.append(Row(new.external_ref, "exists"))
        else:
            seen[new.external_ref] = new
            patients[new.patient_key] = new.split
            rows.append(Row(new.external_ref, "registered"))
    return rows


def _faults(new: NewCase, known: Case | NewCase | None, patients: dict[str, str]) -> list[dict[str, str]]:
    faults = [
        {"path": f"/{name}", "code": "bad_text", "message": f"Give {words} of 1 to 200 printable characters."}
        for name, words in (("external_ref", "a reference"), ("patient_key", "a patient key"))
        if not 1 <= len(getattr(new, name)) <= 200 or not getattr(new, name).isprintable()
    ]
    if new.split not in Case.Split.values:
        faults.append({"path": "/split", "code": "bad_split", "message": "The split is train, tune or test."})
    elif patients.get(new.patient_key, new.split) != new.split:
        faults.append(
            {
                "path": "/split",
                "code": "patient_in_other_split",
                "message": "This patient is in another split already; all of a patient's cases go to one split.",
            }
        )
    if not all(isinstance(k, str) and isinstance(v, str | int | bool) for k, v in new.strata.items()):
        faults.append(
            {"path": "/strata", "code": "bad_strata", "message": "Strata are names with short plain values."}
        )
    faults += profile_faults(new.strata, "/strata") + profile_faults(new.shown, "/shown")
    faults += [
        {"path": f"/shown/spacing{path}", "code": "bad_spacing", "message": message}
        for path, message in spacing_faults(new.shown.get("spacing", []))
    ]
    faults += need_faults(new.needs)
    if not -100 <= new.priority <= 100:
        faults.append(
            {"path": "/priority", "code": "bad_priority", "message": "Priority goes from -100 to 100."}
        )
    if known and (known.patient_key, known.split) != (new.patient_key, new.split):
        message = (
            "A case with this reference exists with another patient or split; both were fixed at its intake."
        )
        faults.append({"path": "/external_ref", "code": "differs_from_existing", "message": message})
    return faults


def accept(unit: CaseUnit) -> None:
    """Let a complete case into annotation: its first round begins under the versions published now."""
    guideline = published(GuidelineVersion, unit.project)
    protocol = published(ProtocolVersion, unit.project)
    begin_round(unit, "accept", CaseRound.Readers.FIRST, guideline, protocol)


def may_begin(project: Project) -> bool:
    """Whether a guideline and a protocol are published that fit each other; until then cases wait in intake."""
    rows = (
        kind.objects.filter(project=project, status="published")
        for kind in (GuidelineVersion, ProtocolVersion)
    )
    guideline, protocol = (found.values_list("content", flat=True).first() for found in rows)
    return guideline is not None and protocol is not None and fits(guideline, protocol)


def beginning(project: Project, case_ids: Sequence[UUID]) -> list[list[UUID]]:
    """Those of these cases in intake that may begin now, by groups that begin alike; the others wait."""
    if not case_ids or not may_begin(project):
        return []
    apart = alone(case_ids)
    together = [case_id for case_id in case_ids if case_id not in apart]
    return [*([together] if together else []), *([case_id] for case_id in case_ids if case_id in apart)]
