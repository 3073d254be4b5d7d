"""Where a case's round stands, as plain facts: read once under the lock, then reasoned about without a database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import DateTimeField, Exists, Func, OuterRef, QuerySet, Subquery

from audit.models import Event

from .models import Arbitration, Case, CaseRound, ConsensusReport, Part, Probe, Read, Review
from .prepared import Prepared
from .protocol.protocol import Protocol
from .states import State


@dataclass(frozen=True, slots=True)
class Slot:
    """One planned read: who reads it, the read that stands, and what the reviewer said of that read."""

    number: int
    member_id: UUID | None = None
    read_id: UUID | None = None
    revisions: int = 0
    kind: str = ""
    verdict: str | None = None
    reviewer_id: UUID | None = None
    returns: int = 0
    reopened: bool = False  # returned, recalled or sent back: the same person reads again

    @property
    def is_in(self) -> bool:
        """Whether a read stands."""
        return self.read_id is not None and not self.reopened

    @property
    def needs_verdict(self) -> bool:
        """Whether the standing read waits for its junior review. A second look is not reviewed again."""
        return self.is_in and self.verdict is None and self.kind != Read.Kind.SECOND_LOOK


@dataclass(frozen=True, slots=True)
class Report:
    """What matters here of the last consensus report."""

    outcome: str
    second_look: int
    read_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Situation:
    """A case's round: its state, its slots 1…reads_wanted, its last report."""

    state: State
    round: int
    protocol: Protocol
    slots: tuple[Slot, ...] = ()
    reads_max: int = 0
    last_report: Report | None = None
    reports: int = 0
    sent_back: bool = False
    arbiter_id: UUID | None = None
    held: bool = False
    is_probe: bool = False  # one person's showing: one read, and nothing after it

    @property
    def all_in(self) -> bool:
        """Whether every wanted read stands."""
        return bool(self.slots) and all(slot.is_in for slot in self.slots)

    @property
    def all_reviewed(self) -> bool:
        """Whether no standing read waits for its verdict."""
        return self.all_in and not any(slot.needs_verdict for slot in self.slots)

    @property
    def second_look_pending(self) -> tuple[Slot, ...]:
        """The slots whose second look is still wanted: their read is one that the last report compared."""
        report = self.last_report
        if (
            report is None
            or report.outcome != "escalate"
            or report.second_look >= self.protocol.second_look_rounds
        ):
            return ()
        if any(self._is_new(slot) and slot.kind != Read.Kind.SECOND_LOOK for slot in self.slots):
            return ()  # a read was reworked or added since: all are compared anew first
        return tuple(slot for slot in self.slots if not self._is_new(slot))

    @property
    def looked_again(self) -> bool:
        """Whether readers took a second look since the last report."""
        return any(self._is_new(slot) and slot.kind == Read.Kind.SECOND_LOOK for slot in self.slots)

    def _is_new(self, slot: Slot) -> bool:
        return self.last_report is not None and slot.read_id not in self.last_report.read_ids

    @property
    def consensus_is_due(self) -> bool:
        """Whether the standing reads have not been compared yet."""
        if self.state != State.CONSENSUS or self.held or self.second_look_pending:
            return False
        return self.last_report is None or self.last_report.read_ids != {slot.read_id for slot in self.slots}


@dataclass(frozen=True, slots=True)
class Head:
    """When a case's chain was looked at, by the database's clock, and the time that its last event carries."""

    clock: datetime
    last_event: str


def round_and_head(case: Case) -> tuple[CaseRound, Head]:
    """The present round with its versions, and where the case's chain stands in time. One query."""
    last = Event.objects.filter(stream_id=OuterRef("case")).order_by("-stream_seq").values("server_time")[:1]
    found = (
        CaseRound.objects.select_related("guideline", "protocol")
        .defer("guideline__draft", "protocol__draft")  # as large as what was published, and never needed here
        .annotate(
            clock=Func(function="clock_timestamp", output_field=DateTimeField()), last_event=Subquery(last)
        )
        .get(case=case, number=case.round)
    )
    return found, Head(found.clock, found.last_event or "")


def in_order(read: Read) -> tuple[int, int]:
    """By slot, then by revision."""
    return read.slot, read.revision


def as_new(read: Read) -> Read:
    """A read that was stored just now, as `reads_of` would find it: nobody has done anything to it yet."""
    for name in ("review", "recall"):
        field: Any = Read._meta.get_field(name)
        field.set_cached_value(read, None)
    read.sent_back = read.closed = False  # type: ignore[attr-defined]
    return read


def reads_of(case: Case) -> list[Read]:
    """The round's reads of slots 1 and up, in order, with review, recall, `sent_back`, `closed`. One query."""
    return _READS.rows(case.pk, case.round)


def _reads(case_id: UUID, number: int) -> QuerySet[Read]:
    reworked = Arbitration.objects.filter(
        case=OuterRef("case"), round=OuterRef("round"), rework__contains=[OuterRef("pk")]
    )
    closed = Part.objects.filter(
        case=OuterRef("case"), round=OuterRef("round"), member=OuterRef("member"), outcome=Part.Outcome.CLOSED
    )
    return (
        Read.objects.filter(case=case_id, round=number, slot__gte=1)
        .select_related("review", "recall")
        .annotate(sent_back=Exists(reworked), closed=Exists(closed))
        .order_by("slot", "revision")
    )


_READS: Final = Prepared(_reads, UUID, int)


def slot_of(number: int, reads: Sequence[Read], passes: int) -> Slot:
    """What a slot's reads, oldest first, amount to."""
    if not reads:
        return Slot(number)
    last = reads[-1]
    review: Review | None = getattr(last, "review", None)
    recalled = getattr(last, "recall", None) is not None
    returned = review is not None and review.verdict == Review.Verdict.RETURN and passes > review.during
    theirs = (r for r in reads if r.member_id == last.member_id)
    returns = sum(
        1 for r in theirs if getattr(r, "review", None) and r.review.verdict == Review.Verdict.RETURN
    )
    return Slot(
        number=number,
        member_id=last.member_id,
        read_id=last.pk,
        revisions=last.revision,
        kind=last.kind,
        verdict=review.verdict if review else None,
        reviewer_id=review.reviewer_id if review else None,
        returns=returns,
        reopened=recalled or returned or any(getattr(last, name, False) for name in ("sent_back", "closed")),
    )


def situation_of(
    case: Case,
    round_: CaseRound | None,
    protocol: Protocol | None,
    reads: Sequence[Read],
    reports: Sequence[ConsensusReport],
    arbitrations: Sequence[Arbitration],
) -> Situation:
    """Gather a case's facts; the case must be locked. Reports and arbitrations matter in the states they led to."""
    if round_ is None or protocol is None:
        return Situation(State(case.state), case.round, protocol)  # type: ignore[arg-type]
    if case.source_case_id is not None:
        return _of_probe(case, protocol, reads)
    slots = tuple(
        slot_of(n, [r for r in reads if r.slot == n], case.passes) for n in range(1, case.reads_wanted + 1)
    )
    if round_.readers == CaseRound.Readers.SAME and any(slot.member_id is None for slot in slots):
        slots = _with_earlier_readers(case, slots)
    last = reports[-1] if reports else None
    return Situation(
        state=State(case.state),
        round=case.round,
        protocol=protocol,
        slots=slots,
        reads_max=round_.reads_max,
        last_report=Report(last.outcome, last.second_look, frozenset(last.read_ids)) if last else None,
        reports=len(reports),
        sent_back=any(a.outcome == Arbitration.Outcome.SENT_BACK for a in arbitrations),
        arbiter_id=arbitrations[-1].arbiter_id if arbitrations else None,
        held=case.held,
    )


def _with_earlier_readers(case: Case, slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """With the same readers as in the round before, an unread slot belongs to whoever had it then."""
    earlier = dict(
        Read.objects.filter(case=case, round=case.round - 1, slot__gte=1)
        .order_by("revision")
        .values_list("slot", "member_id")
    )
    return tuple(replace(s, member_id=s.member_id or earlier.get(s.number)) for s in slots)


def _of_probe(case: Case, protocol: Protocol, reads: Sequence[Read]) -> Situation:
    """A probe's one slot is its person's; there is none once they passed it on."""
    slot = slot_of(1, [r for r in reads if r.slot == 1], case.passes)
    if slot.read_id is None:
        gone = (Part.Outcome.SKIPPED, Part.Outcome.CLOSED)
        skipped = Part.objects.filter(case=case, outcome__in=gone)
        shown_to = Probe.objects.filter(~Exists(skipped), case=case).values_list("member", flat=True).first()
        slot = replace(slot, member_id=shown_to)
    slots = (slot,) if slot.member_id else ()
    return Situation(State(case.state), case.round, protocol, slots, held=case.held, is_probe=True)
