"""What a design does with one case, exactly averaged over all orders in which its readers might have been asked.

The readers are exchangeable: any of the planned ones could have been first. Every subset is decided by the consensus
engine itself, once; nothing is drawn.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any

from workflow.consensus.cases import decide_case
from workflow.consensus.outcomes import CaseDecision, ReadInput
from workflow.protocol.protocol import Protocol
from workflow.protocol.sections import Reads
from workflow.sampling import share_of, stratum_of
from workflow.what_if.cases import Content, WhatIfCase
from workflow.what_if.designs import TWO_PHASE, Design

COMPARED = Reads("unanimous", 2, 2)


@dataclass(frozen=True, slots=True)
class Rules:
    """The labels and the protocol, of which a design replaces the number of reads and what settles them."""

    schema: dict[str, Any]
    protocol: Protocol


@dataclass(frozen=True, slots=True)
class Paths:
    """A case under a design, averaged over its paths: reads used, and the shares that end in each way.

    cut: paths that need a read which nobody gave; `reads` counts it if it would be the last, else is None.
    agreeing: accepted with the arbiter's answer, by the protocol's comparators and cut-offs; 0 without an answer.
    drawn: accepted, and drawn for a senior all the same, at the share that the protocol has for its stratum.
    """

    reads: float | None
    accepted: float
    escalated: float
    cut: float
    agreeing: float
    drawn: float = 0.0


def paths(case: WhatIfCase, design: Design, rules: Rules) -> Paths | None:
    """The paths of a case; None where it has too few planned reads for the design to begin."""
    pool = _pool(case, design)
    if len(pool) < design.reads.count:
        return None
    return _Walk(case, design, rules, pool).all()


def _pool(case: WhatIfCase, design: Design) -> tuple[Content, ...]:
    if design.reads.rule != TWO_PHASE:
        return tuple(sorted(case.reads, key=_canonical))
    # Who sees whose reads at a second look is part of the design: no smaller group has been observed.
    return case.revised if len(case.revised) == design.reads.count else ()


class _Walk:
    """All paths through one case, each set of reads decided once."""

    def __init__(self, case: WhatIfCase, design: Design, rules: Rules, pool: tuple[Content, ...]) -> None:
        self._case, self._design, self._planned = case, design, len(pool)
        self._inputs = [ReadInput(str(n), dict(one), "", n) for n, one in enumerate((*pool, *case.further))]
        self._decide = partial(decide_case, schema=rules.schema, terms=case.terms)
        self._protocol = rules.protocol
        self._known: dict[frozenset[int], Paths] = {}

    def all(self) -> Paths:
        starts = combinations(range(self._planned), self._design.reads.count)
        return _mean([self._from(frozenset(start)) for start in starts])

    def _from(self, held: frozenset[int]) -> Paths:
        if held not in self._known:
            self._known[held] = self._ended(held)
        return self._known[held]

    def _ended(self, held: frozenset[int]) -> Paths:
        protocol = replace(self._protocol, reads=self._design.reads)
        decision = self._decide(protocol=protocol, reads=[self._inputs[n] for n in sorted(held)])
        if decision.outcome == "request_read":
            following = self._following(held)
            return _mean([self._from(held | {n}) for n in following]) if following else self._cut(held)
        accepted = decision.outcome == "accept"
        agreeing = accepted and self._case.arbiter is not None and self._agrees(decision)
        drawn = self._drawn(decision) if accepted else 0.0
        return Paths(len(held), float(accepted), float(not accepted), 0.0, float(agreeing), drawn)

    def _drawn(self, decision: CaseDecision) -> float:
        stratum = stratum_of(self._protocol, self._case.strata, decision.reference or {})
        return float(share_of(self._protocol.arbitration, stratum))

    def _following(self, held: frozenset[int]) -> list[int]:
        planned = [n for n in range(self._planned) if n not in held]
        return planned or [n for n in range(self._planned, len(self._inputs)) if n not in held][:1]

    def _cut(self, held: frozenset[int]) -> Paths:
        last = len(held) + 1 == self._design.reads.max
        return Paths(len(held) + 1 if last else None, 0.0, 0.0, 1.0, 0.0)

    def _agrees(self, decision: CaseDecision) -> bool:
        both = [decision.reference, self._case.arbiter]
        reads = [ReadInput(str(n), dict(one), "", n) for n, one in enumerate(both) if one is not None]
        protocol = replace(self._protocol, reads=COMPARED)
        return self._decide(protocol=protocol, reads=reads).outcome == "accept"


def _mean(some: list[Paths]) -> Paths:
    reads = [one.reads for one in some if one.reads is not None]
    return Paths(
        _average(reads) if len(reads) == len(some) else None,
        _average(one.accepted for one in some),
        _average(one.escalated for one in some),
        _average(one.cut for one in some),
        _average(one.agreeing for one in some),
        _average(one.drawn for one in some),
    )


def _average(values: Iterable[float]) -> float:
    given = list(values)
    return sum(given) / len(given)


def _canonical(content: Content) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False)
