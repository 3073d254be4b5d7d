"""What became of the agreed cases that were drawn for a senior: the bound on the error that readers share."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from workflow.agreement.sampling import JointError, Stratum, joint_error
from workflow.consensus.spacing import scale_of
from workflow.counted import counted
from workflow.models import Arbitration, CaseRound, ConsensusReport, Project, Read
from workflow.queries import body_of
from workflow.sampling import name_of
from workflow.states import State

from .differing import differs


@dataclass(frozen=True, slots=True)
class Concordant:
    """The agreed cases by stratum, what the blind reads and the decisions overturned, and who still waits.

    `by_blind_read`: the senior's own read, made before anything was shown, is another answer than the agreed one.
    `by_decision`: so is what the senior decided after seeing the reads; equivocal counts, as does sending back.
    """

    waiting: int
    by_blind_read: JointError
    by_decision: JointError

    def document(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "waiting": self.waiting,
            "by_blind_read": self.by_blind_read.as_dict(),
            "by_decision": self.by_decision.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class _Agreed:
    """One agreed case: its stratum, and, if it was drawn and decided, whether either answer differs."""

    stratum: str
    drawn: bool = False
    decided: bool = False
    blind: bool = True
    read_differs: bool = False
    decision_differs: bool = False


def concordant_sample(project: Project) -> Concordant:
    """What a project's sample of agreed cases says. A fixed number of queries."""
    found = _agreed(project)
    done = [one for one in found if one.decided]
    blind = all(one.blind for one in done)
    return Concordant(
        sum(one.drawn and not one.decided for one in found),
        joint_error(_strata(found, "read_differs"), blind=blind),
        joint_error(_strata(found, "decision_differs"), blind=blind),
    )


def _strata(found: list[_Agreed], differs: str) -> list[Stratum]:
    names = sorted({one.stratum for one in found})
    return [
        Stratum(
            name,
            sum(one.stratum == name for one in found),
            sum(one.stratum == name and one.decided for one in found),
            sum(one.stratum == name and one.decided and getattr(one, differs) for one in found),
        )
        for name in names
    ]


def _agreed(project: Project) -> list[_Agreed]:
    """The first accepting report of each round of each case that is still in the study."""
    reports = ConsensusReport.objects.filter(
        counted("case__"), case__project=project, outcome="accept"
    ).exclude(case__state=State.EXCLUDED)
    rows = list(reports.select_related("event", "case").order_by("case", "round", "-sequence"))
    first = {(row.case_id, row.round): row for row in rows}
    drawn = [row for row in first.values() if row.sampled]
    judged = _Judged(project, [row.case_id for row in drawn])
    return [judged.told(row) if row.sampled else _Agreed(stratum_of(row)) for row in first.values()]


def stratum_of(row: ConsensusReport) -> str:
    """The stratum of an agreed case, as its draw recorded it; `event` selected."""
    draw = body_of(row.event)["extra"]["draw"]
    return name_of((draw or {}).get("stratum", {}))


class _Judged:
    """What seniors said of the drawn cases. Four queries."""

    def __init__(self, project: Project, cases: list[Any]) -> None:
        looks = Read.objects.filter(case__in=cases, kind=Read.Kind.FIRST_LOOK).select_related("content")
        self.looks = {(look.case_id, look.round): look for look in looks.order_by("revision")}
        self.decisions: dict[Any, list[Arbitration]] = defaultdict(list)
        decided = Arbitration.objects.filter(case__in=cases).select_related("content", "event")
        for one in decided.order_by("event__stream_seq"):
            self.decisions[one.case_id, one.round].append(one)
        rounds = CaseRound.objects.filter(case__in=cases).select_related("guideline", "protocol")
        self.rounds = {(one.case_id, one.number): one for one in rounds}
        kept = ConsensusReport.objects.filter(case__in=cases, sampled=True)
        self.reports = dict(kept.values_list("pk", "content__data"))

    def told(self, row: ConsensusReport) -> _Agreed:
        """What came of one drawn case."""
        place = row.case_id, row.round
        decisions = self.decisions.get(place, [])
        if not decisions:
            return _Agreed(stratum_of(row), drawn=True)
        look, agreed = self.looks.get(place), self.reports[row.pk]["reference"]
        return _Agreed(
            stratum_of(row),
            drawn=True,
            decided=True,
            blind=look is not None,
            read_differs=look is not None and self._differs(row, agreed, look.content.data),
            decision_differs=self._overturned(row, agreed, decisions[0]),
        )

    def _overturned(self, row: ConsensusReport, agreed: dict[str, Any], decision: Arbitration) -> bool:
        if decision.outcome != Arbitration.Outcome.DECIDED:
            return True
        return self._differs(row, agreed, decision.content.data["labels"])

    def _differs(self, row: ConsensusReport, agreed: dict[str, Any], said: dict[str, Any]) -> bool:
        return differs(self.rounds[row.case_id, row.round], scale_of(row.case.shown), agreed, said)
