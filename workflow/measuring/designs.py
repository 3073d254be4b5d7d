"""What other designs would have needed and given on a project's own reads, from its tables."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Q

from workflow.consensus.engines import Terms
from workflow.documents import guideline_of, label_schema_of
from workflow.drafting import protocol_to_check
from workflow.models import (
    Arbitration,
    CaseRound,
    ConsensusReport,
    Measurement,
    Project,
    ProtocolVersion,
    Read,
)
from workflow.protocol.protocol import Protocol
from workflow.what_if.cases import Minutes, WhatIfCase
from workflow.what_if.designs import DESIGNS, Design, design_of
from workflow.what_if.estimating import Workload, what_if

from .concordant import stratum_of
from .fitting import RULES, as_asked_now, fitting_rules
from .kept import Kept, Measure, measured
from .pace import minutes_of
from .precision import precision_of
from .taken import Conditions, studied
from .versions import guideline_for, in_force

SCHEMA = "consilium/what-if/v1"
DISPUTED = "disputed"
CASES = "cases_that_no_longer_fit"
MINUTES = ("minutes_read", "minutes_review", "minutes_arbitration")


def what_if_of(project: Project, conditions: dict[str, Any]) -> Kept:
    """What each design would have needed and given, by the rules of a protocol version, a draft too.

    `conditions`: `protocol` (version number; the one in force otherwise), `minutes_read`, `minutes_review` and
    `minutes_arbitration` (as measured otherwise). NotFound for a version that is not there; InvalidInput if a
    draft has faults.
    """
    return measured(project, WHAT_IF, conditions)


def _rests_on(project: Project, conditions: dict[str, Any]) -> list[Any]:
    _, protocol = _stated(project, conditions)
    return [str(guideline_for(project, None).content_id), protocol.document()]


def _document(project: Project, conditions: dict[str, Any]) -> dict[str, Any]:
    version, stated = _stated(project, conditions)
    guideline = str(guideline_for(project, None).content_id)
    schema = guideline_of(guideline)["label_schema"]
    protocol, unfit = fitting_rules(stated, schema)
    minutes = _minutes(project, protocol, conditions)
    cases = [_asked_now(case, then, guideline) for case, then in _cases(project)]
    fitting = [case for case in cases if case is not None]
    found = what_if(
        fitting,
        schema=schema,
        protocol=protocol,
        designs=_designs(protocol),
        workload=Workload(minutes, sampled=True),
    )
    told = {"read": minutes.read, "review": minutes.review, "arbitration": minutes.arbitration}
    left_out = {CASES: len(cases) - len(fitting), RULES: unfit}
    about = {"schema": SCHEMA, "protocol": version.number, "minutes": told, "left_out": left_out}
    return {**about, **found.as_dict(), "precision": list(precision_of(project))}


def _stated(project: Project, conditions: dict[str, Any]) -> tuple[ProtocolVersion, Protocol]:
    """The protocol that is named, a draft too, or the one by which the project is measured."""
    number = conditions.get("protocol") or in_force(ProtocolVersion, project).number
    return protocol_to_check(project, number)


def _designs(protocol: Protocol) -> list[Design]:
    """The designs that everybody knows, and the protocol's own first."""
    own = design_of(protocol.reads)
    return [own, *(each for each in DESIGNS if each.reads != own.reads)]


def _cases(project: Project) -> Iterator[tuple[WhatIfCase, str]]:
    """The cases whose first reads were compared, each with what came after, and its guideline. Six queries."""
    compared = {case.case: case for case in studied(project, Conditions(), as_submitted=True).cases}
    came = _After(project)
    for key, case in compared.items():
        after = came.of(UUID(key), case.planned)
        if after is not None:
            reads = tuple(read.labels for read in case.reads)
            more: dict[str, Any] = {"terms": Terms(scale=case.scale), "strata": case.strata}
            yield WhatIfCase(key, case.patient, reads, **after, **more), case.reads[0].guideline


def _asked_now(case: WhatIfCase, then: str, now: str) -> WhatIfCase | None:
    """A case whose reads answer what is asked now; None where questions or answers don't fit."""
    if then == now:
        return case
    schemas = label_schema_of(then), label_schema_of(now)
    reads, further, revised, arbiter = (
        as_asked_now(contents, *schemas)
        for contents in (case.reads, case.further, case.revised, [case.arbiter] if case.arbiter else [])
    )
    if reads is None or further is None or revised is None or arbiter is None:
        return None
    return replace(case, reads=reads, further=further, revised=revised, arbiter=next(iter(arbiter), None))


class _After:
    """What came after the planned reads, by case and round: further reads, second looks, the senior's answers."""

    def __init__(self, project: Project) -> None:
        self.rounds = _last_rounds(project)
        # As submitted at first, like the planned ones: a further read that was taken back and given anew counts.
        standing = Q(recall__isnull=True) | Q(kind=Read.Kind.CONDITIONAL)
        reads = Read.objects.filter(standing, case__project=project).exclude(kind=Read.Kind.PLANNED)
        self.reads: dict[tuple[UUID, int, str], list[Any]] = defaultdict(list)
        for read in reads.select_related("content").order_by("slot", "revision"):
            self.reads[read.case_id, read.round, read.kind].append(read)
        decided = Arbitration.objects.filter(case__project=project, outcome=Arbitration.Outcome.DECIDED)
        rows = decided.select_related("content").order_by("event__stream_seq")
        self.decisions = {(one.case_id, one.round): one.content.data["labels"] for one in rows}
        reports = ConsensusReport.objects.filter(case__project=project).select_related("event")
        # Where reads agreed in the end, the case was drawn for a senior, or not, like any agreed one.
        accepted_last = sorted(reports.order_by("-sequence"), key=lambda row: row.outcome == "accept")
        self.compared = {(row.case_id, row.round): row for row in accepted_last}

    def of(self, case: UUID, planned: int) -> dict[str, Any] | None:
        """What is known of a case beside its planned reads; None where nothing was compared yet."""
        place = case, self.rounds[case]
        if place not in self.compared:
            return None
        looks = {read.slot: read for read in self.reads[*place, Read.Kind.SECOND_LOOK]}
        further = {
            read.slot: read.content.data
            for read in self.reads[*place, Read.Kind.CONDITIONAL]
            if read.revision == 1
        }
        return {
            "further": tuple(further.values()),
            "revised": tuple(r.content.data for r in looks.values()) if len(looks) == planned else (),
            "arbiter": self._answer(place),
            "stratum": self._stratum(place),
        }

    def _answer(self, place: tuple[UUID, int]) -> dict[str, Any] | None:
        """The senior's own read if they made one before anything was shown, else what they decided."""
        if place not in self.decisions:
            return None
        looks = self.reads[*place, Read.Kind.FIRST_LOOK]
        said: dict[str, Any] = looks[-1].content.data if looks else self.decisions[place]
        return said

    def _stratum(self, place: tuple[UUID, int]) -> str:
        row = self.compared[place]
        if row.outcome != "accept":
            return DISPUTED
        return f"agreed: {stratum_of(row)}"


def _last_rounds(project: Project) -> dict[UUID, int]:
    """Of each case, the last round that independent readers began."""
    first = [CaseRound.Readers.FIRST, CaseRound.Readers.NEW]
    rounds = CaseRound.objects.filter(case__project=project, readers__in=first).order_by("number")
    return dict(rounds.values_list("case", "number"))


def _minutes(project: Project, protocol: Protocol, conditions: dict[str, Any]) -> Minutes:
    """Minutes by tier: as given, else the median of the project's own."""
    took = minutes_of(project, float(protocol.junior_review.share))
    given = {name.removeprefix("minutes_"): float(conditions[name]) for name in MINUTES if name in conditions}
    return replace(took, **given)


WHAT_IF = Measure(Measurement.Kind.WHAT_IF, SCHEMA, _rests_on, _document)
