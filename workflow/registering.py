"""New cases with their first events, many in few statements."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.utils import timezone
from psycopg.types.json import Jsonb

from audit.actions import Action
from audit.alike import Alike
from audit.contents import Blob
from audit.copying import Copy
from audit.log import Entry, Journal

from .acting import Acting
from .counted import what_for
from .models import Case, Project
from .waves.joining import purpose_of, waves_named

if TYPE_CHECKING:
    from .intake import NewCase

CASE = "consilium/case/v1"
# An event must carry the database's time: what is told together is written within a second.
AT_ONCE = 250


def write_new(acting: Acting, project: Project, cases: Sequence["NewCase"]) -> dict[str, UUID]:
    """Write checked cases, each in intake with its event; their ids by reference. The project must be locked."""
    ids: dict[str, UUID] = {}
    waves = waves_named(project, {new.wave for new in cases})
    for name, control in dict.fromkeys((new.wave, new.control) for new in cases):
        wave = waves.get(name)
        alike = Case(project=project, audit_seq=1, wave=wave, purpose=purpose_of(wave, control=control))
        group = [new for new in cases if (new.wave, new.control) == (name, control)]
        for start in range(0, len(group), AT_ONCE):
            ids |= _write(acting, alike, group[start : start + AT_ONCE])
    return ids


def _write(acting: Acting, alike: Case, cases: Sequence["NewCase"]) -> dict[str, UUID]:
    project = alike.project
    journal = Journal(project.log, acting.actor(), acting.request)
    told, ids = _Told(journal), {new.external_ref: uuid4() for new in cases}
    rows = Copy(alike, [*_GIVEN, "id", "created_at", "audit_head"])
    for new in cases:
        case_id = ids[new.external_ref]
        entry = told.created(case_id, about_case(journal, case_id, new, alike))
        rows.add(*_given(new), case_id, timezone.now(), entry.leaf_hash)
    journal.write()
    rows.write()
    return ids


_GIVEN = ("external_ref", "patient_key", "split", "strata", "shown", "needs", "priority")


def _given(new: "NewCase") -> Iterator[Any]:
    values = (sorted(new.needs) if name == "needs" else getattr(new, name) for name in _GIVEN)
    return (Jsonb(value) if isinstance(value, dict) else value for value in values)


def about_case(journal: Journal, case_id: UUID, told: "NewCase | Case", kept: Case, **more: Any) -> Blob:
    """What the log is told of a new case: what `told` says of it, and what it is for, as `kept` has it."""
    # References and patient keys may name a person: the log holds only commitments to them.
    about: dict[str, Any] = {
        "schema": CASE,
        "external_ref": journal.commitment("text", told.external_ref, subject=case_id),
        "patient": journal.commitment("text", told.patient_key, subject=case_id),
        "split": told.split,
        "strata": told.strata,
        "shown": told.shown,
        "priority": told.priority,
        **what_for(kept),
        **more,
    }
    if told.needs:
        about["needs"] = sorted(told.needs)
    return journal.keep(about)


class _Told:
    """Tells that cases were created: checked once for each size of what is told about a case, then alike."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._alike: dict[int, Alike] = {}

    def created(self, case_id: UUID, about: Blob) -> Entry:
        """The event that begins a case's chain."""
        own = [str(case_id), about.digest.removeprefix("sha256:")]
        pattern = self._alike.get(len(about.body))
        if pattern is None:
            entry = self._first(case_id, about)
            self._alike[len(about.body)] = Alike([entry], own, b"", self._journal.now())
            return entry
        entries = pattern.follow(own, b"", self._journal.now())
        self._journal.append(entries)
        return entries[0]

    def _first(self, case_id: UUID, about: Blob) -> Entry:
        return self._journal.record(
            self._journal.new_stream("case", case_id),
            Action.CASE_CREATED,
            object=("case", str(case_id), 0),
            after=about,
            state=(None, Case().state),
        )
