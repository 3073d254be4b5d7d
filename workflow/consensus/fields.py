"""The decision on one field: wait, ask for a read, accept a value, or send it up. Pure.

Ties and cut-off crossings always escalate. Nothing here knows a reader's id except to label numbers,
so neither the order of the reads nor who gave them can change a decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from workflow.consensus.aggregates import aggregated
from workflow.consensus.answers import (
    ABSENT,
    DRAWN_KINDS,
    NOT_ASSESSABLE,
    FieldRead,
    Unanswered,
    Value,
)
from workflow.consensus.comparators import PairNumber, agreement, pair_numbers
from workflow.consensus.details import detail_of, tied_label
from workflow.consensus.engines import NEWEST, Engine
from workflow.consensus.majorities import settled
from workflow.consensus.rules import Cutoff, Rule, cut_text

State = Literal["wait", "request_read", "accept", "escalate"]
UNANIMOUS = "unanimous within comparator"


def worst(states: Sequence[State]) -> State:
    """The state of a whole from its parts': one escalation sends it up, else one open question holds it."""
    order: tuple[State, ...] = ("escalate", "request_read", "wait")
    return next((state for state in order if state in states), "accept")


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens to a field, with the value it gets (None: none) and the numbers that led to it.

    `held` counts the reads that an accepted mark is made of.
    """

    state: State
    value: Value = None
    reason: str = ""
    pairwise_agreement: Fraction | None = None
    numbers: tuple[PairNumber, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    held: int = 0


def decide_field(kind: str, rule: Rule, reads: Sequence[FieldRead]) -> Decision:
    """The decision on one field from its submitted reads (values as `answers.decoded` gives them)."""
    done = [read for read in reads if read.submitted]
    if len(done) < rule.reads.count:
        return Decision("wait", reason=f"quorum {rule.reads.count}, have {len(done)}")
    return decide_answers(kind, rule, done, more=len(done) < rule.reads.max)


def decide_answers(
    kind: str, rule: Rule, reads: Sequence[FieldRead], *, more: bool, engine: Engine = NEWEST
) -> Decision:
    """The decision once the quorum is in; `more` says whether another read may still be asked for."""
    pairs = pair_numbers(rule.comparator, reads)
    decision = (
        _undisturbed(kind, rule, reads) if not rule.escalates else _decision(kind, rule, reads, pairs, more)
    )
    detail = detail_of(kind, rule, reads, decision.value, decision.held, engine)
    value, held = decision.value, decision.held
    return Decision(decision.state, value, decision.reason, agreement(pairs), pairs, detail, held)


def _decision(
    kind: str, rule: Rule, reads: Sequence[FieldRead], pairs: Sequence[PairNumber], more: bool
) -> Decision:
    values = [read.value for read in reads]
    answers = [value for value in values if not isinstance(value, Unanswered)]
    crossed = crossed_cutoff(rule, answers)
    if NOT_ASSESSABLE in values:
        return _assessability(values)
    if crossed is not None:
        return Decision("escalate", reason=f"reads on both sides of critical cut-off {cut_text(crossed)}")
    if all(pair.agree for pair in pairs):
        return _agreed(kind, rule, answers, more)
    missing = next((pair.missing for pair in pairs if pair.missing), "")
    if missing:
        return Decision("escalate", reason=f"not measurable: {missing}")
    return _disputed(kind, rule, reads, more)


def crossed_cutoff(rule: Rule, values: Sequence[Value]) -> Cutoff | None:
    """The lowest cut-off with values on both sides (a value at the cut-off lies above it), if any."""
    crossed = (cut for cut in sorted(rule.cutoffs) if len({value >= Fraction(cut) for value in values}) > 1)
    return next(crossed, None)


def _assessability(values: Sequence[Value]) -> Decision:
    if all(value is NOT_ASSESSABLE for value in values):
        return Decision("accept", NOT_ASSESSABLE, "not assessable in all reads")
    return Decision("escalate", reason="assessability disputed")


def _agreed(kind: str, rule: Rule, answers: Sequence[Value], more: bool) -> Decision:
    if not answers:
        return Decision("accept", ABSENT, "absent in all reads")
    value = aggregated(kind, rule, answers)
    if value is not None:
        return Decision("accept", value, UNANIMOUS, held=len(answers))
    if kind in DRAWN_KINDS:
        return Decision("request_read" if more else "escalate", reason=f"{rule.aggregate} leaves it open")
    return Decision("escalate", reason="tie")


def _disputed(kind: str, rule: Rule, reads: Sequence[FieldRead], more: bool) -> Decision:
    if rule.unanimous:
        return Decision("escalate", reason="not unanimous on a critical field")
    winner = settled(kind, rule, reads) if rule.settles_by_majority else None
    if winner is not None:
        return Decision("accept", winner.value, winner.reason, held=winner.held)
    if more:
        return Decision("request_read", reason=f"disagreement after {len(reads)}")
    return Decision("escalate", reason=_why_unsettled(kind, rule))


def _why_unsettled(kind: str, rule: Rule) -> str:
    if not rule.settles_by_majority:
        return "not unanimous at max reads"
    if kind in ("ordinal", "number"):
        return "no majority within tolerance, or range too wide"
    return "no majority at max reads"


def _undisturbed(kind: str, rule: Rule, reads: Sequence[FieldRead]) -> Decision:
    """The value of a field that never escalates; a tie, also over whether it was answered, gives none."""
    if rule.aggregate == "none":
        return Decision("accept", reason="not aggregated")
    answered = [read.value if isinstance(read.value, Unanswered) else None for read in reads]
    for missing in (ABSENT, NOT_ASSESSABLE):
        if 2 * answered.count(missing) > len(reads):
            return Decision("accept", missing, f"majority {missing.value}")
    values = [read.value for read in reads if not isinstance(read.value, Unanswered)]
    if 2 * len(values) <= len(reads):
        return Decision("accept", reason="tie")
    value, held = _quiet_value(kind, rule, values)
    reason = "tie" if value is None else f"aggregated by {rule.aggregate}"
    return Decision("accept", value, reason, held=held)


def _quiet_value(kind: str, rule: Rule, values: Sequence[Value]) -> tuple[Value | None, int]:
    if kind == "multi" and tied_label(values):
        return None, 0
    if kind == "box" or kind in DRAWN_KINDS:
        found = settled(kind, replace(rule, cutoffs=()), [FieldRead(str(n), v) for n, v in enumerate(values)])
        return (None, 0) if found is None else (found.value, found.held)
    return aggregated(kind, rule, values), 0
