"""Replay: rebuild a project's cases, people and versions from its log alone, and name each difference from the tables.

One snapshot, streamed by case: memory does not grow with the project. Whether the log itself is as it was
written is asked elsewhere (`check_log`); here it is taken at its word.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from itertools import groupby, islice
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from audit.canonical import CanonicalError, parse
from audit.checking import snapshot
from audit.commitments import commit
from audit.models import Content, Event, Opening
from workflow.models import Case, Project

from .fact_kinds import UNKNOWN, CaseFacts, Standing
from .facts import Unreplayable, needed, rebuild
from .replay_people import beside_the_cases
from .tabled import facts_in_tables

AT_ONCE: Final = 100  # cases
_KINDS: Final = tuple(f.name for f in fields(CaseFacts) if f.name != "case")
_NEVER_SHOWN: Final = ("strata", "shown", "external_ref", "patient")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the log and the tables say differently: a stable code, the place, and a sentence."""

    code: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.code} {self.place}: {self.message}"


@dataclass
class Replay:
    """One replay of a project: its differences, and how much was looked at."""

    project: Project
    differences: list[Difference] = field(default_factory=list)
    cases: int = 0
    rows: int = 0
    unknown: int = 0  # facts whose content is gone, so that they could not be rebuilt

    def run(self) -> "Replay":
        """Replay everything."""
        with snapshot():
            streams = _streams(self.project)
            while some := list(islice(streams, AT_ONCE)):
                self._compare(some)
            for case_id in _without_a_stream(self.project):
                self._found("LOG_MISSING", f"case {case_id}", "The log doesn't know this case.")
            for found in beside_the_cases(self.project):
                self._found(*found)
        return self

    def _found(self, code: str, place: str, message: str) -> None:
        self.differences.append(Difference(code, place, message))

    def _compare(self, streams: list[tuple[UUID, list[bytes]]]) -> None:
        self.cases += len(streams)
        told = self._rebuilt(streams)
        salts = _salts(told.values())
        rows = facts_in_tables(self.project, [case_id for case_id, _ in streams])
        for case_id, _ in streams:
            place = f"case {case_id}"
            if (row := rows.get(str(case_id))) is None:
                self._found("ROW_MISSING", place, "The log knows this case, the tables don't.")
            elif (facts := told.get(case_id)) is not None:
                self._compare_fields(place, facts.case, _committed(row.case, facts.case, salts))
                for kind in _KINDS:
                    self._compare_rows(f"{place} {kind}", getattr(facts, kind), getattr(row, kind))

    def _rebuilt(self, streams: list[tuple[UUID, list[bytes]]]) -> dict[UUID, CaseFacts]:
        """The facts of each case whose log can be followed."""
        events = dict(self._readable(streams))
        contents = _contents(event for known in events.values() for event in known)
        told = {}
        for case_id, known in events.items():
            try:
                told[case_id] = rebuild(known, contents)
            except Unreplayable as fault:
                self._found("UNREPLAYABLE", f"case {case_id} #{fault.seq}", f"{fault}.")
        return told

    def _readable(
        self, streams: list[tuple[UUID, list[bytes]]]
    ) -> Iterator[tuple[UUID, list[dict[str, Any]]]]:
        for case_id, bodies in streams:
            try:
                yield case_id, [parse(body) for body in bodies]
            except CanonicalError as fault:
                self._found("UNREPLAYABLE", f"case {case_id}", f"An event can't be read: {fault}.")

    def _compare_rows(self, place: str, told: dict[str, Any], rows: dict[str, Any]) -> None:
        for key in sorted(told.keys() | rows.keys()):
            self.rows += 1
            if key not in rows:
                self._found("ROW_MISSING", f"{place} {key}", "The log says this, the tables don't.")
            elif key not in told:
                self._found("ROW_UNTOLD", f"{place} {key}", "The tables say this, the log doesn't.")
            else:
                self._compare_fields(f"{place} {key}", told[key], rows[key])

    def _compare_fields(self, place: str, told: Any, row: Any) -> None:
        for one in fields(told):
            said, stands = getattr(told, one.name), getattr(row, one.name)
            if said == UNKNOWN:
                self.unknown += 1
            elif said != stands:
                both = f"The log says {said}, the table {stands}."
                shown = "The table says otherwise than the log." if one.name in _NEVER_SHOWN else both
                self._found("FACT_DIFFERS", f"{place} {one.name}", shown)


def _streams(project: Project) -> Iterator[tuple[UUID, list[bytes]]]:
    """Each case that the log knows, with the bodies of its events, oldest first."""
    rows = (
        Event.objects.filter(log__project_id=project.pk, stream_kind="case")
        .order_by("stream_id", "stream_seq", "pk")
        .values_list("stream_id", "body")
    )
    for case_id, some in groupby(rows.iterator(chunk_size=1000), key=lambda row: row[0]):
        yield case_id, [bytes(body) for _, body in some]


def _without_a_stream(project: Project) -> Iterator[UUID]:
    known = Event.objects.filter(
        stream_id=OuterRef("pk"), stream_kind="case", log__project_id=OuterRef("project")
    )
    cases = Case.objects.filter(~Exists(known), project=project).order_by("pk")
    return cases.values_list("pk", flat=True).iterator()


def _contents(events: Iterable[dict[str, Any]]) -> dict[str, Any]:
    digests: set[str] = set()
    for event in events:
        try:
            digests.update(needed(event))
        except (KeyError, TypeError, AttributeError):
            continue  # named where its case is rebuilt
    return dict(Content.objects.filter(pk__in=digests).values_list("digest", "data"))


def _salts(told: Iterable[CaseFacts]) -> dict[str, bytes]:
    commitments = {c for facts in told for c in (facts.case.external_ref, facts.case.patient)}
    kept = Opening.objects.filter(pk__in=commitments).values_list("commitment", "salt")
    return {commitment: bytes(salt) for commitment, salt in kept}


def _committed(row: Standing, told: Standing, salts: dict[str, bytes]) -> Standing:
    """The row with its reference and patient key as the log holds them; what was erased is taken as told."""
    return replace(
        row,
        external_ref=_as_told(row.external_ref, told.external_ref, salts),
        patient=_as_told(row.patient, told.patient, salts),
    )


def _as_told(text: str, commitment: str, salts: dict[str, bytes]) -> str:
    salt = salts.get(commitment)
    return commit("text", text, salt) if salt else commitment


def replay(project: Project) -> Replay:
    """Rebuild the project's cases from its log and compare them with the tables."""
    return Replay(project).run()
