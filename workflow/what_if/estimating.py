"""What each design would have needed and given on a project's own reads: reads, arbitration, hours, agreement."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate
from workflow.agreement.tables import Floats
from workflow.protocol.protocol import Protocol
from workflow.what_if.accuracy import arbiter_weights, with_arbiter
from workflow.what_if.cases import Minutes, WhatIfCase
from workflow.what_if.designs import DESIGNS, TWO_PHASE, Design
from workflow.what_if.paths import Paths, Rules, paths
from workflow.what_if.quantities import Sample, none, scaled
from workflow.what_if.results import NAMES, DesignEstimate, WhatIf

NO_CASES = "There is no case with reads."
NO_MINUTES = "Nobody has said how many minutes one takes."


@dataclass(frozen=True, slots=True)
class Workload:
    """What turns shares into work: minutes, and for how many cases.

    sampled: agreed cases are drawn for a senior as the protocol says.
    """

    minutes: Minutes = field(default_factory=Minutes)
    for_cases: int | None = None
    sampled: bool = False


def what_if(
    cases: Sequence[WhatIfCase],
    *,
    schema: dict[str, Any],
    protocol: Protocol,
    designs: Sequence[Design] = DESIGNS,
    workload: Workload | None = None,
    draws: int = 1000,
    seed: int = 1,
) -> WhatIf:
    """How each design would have done on these cases under the protocol's comparators; `schema` is its label schema.

    The order of cases and readers changes nothing. A quantity that the reads do not tell is None with a reason.
    """
    ordered = sorted(cases, key=lambda one: (str(one.patient), one.id))
    rules, work = Rules(schema, protocol), workload or Workload()
    weights = arbiter_weights(ordered)
    tried = [_tried(ordered, weights, one, rules, work, Resampling(draws, seed)) for one in designs]
    return WhatIf(len(ordered), len({one.patient for one in ordered}), tuple(tried), draws, seed)


def _tried(
    cases: Sequence[WhatIfCase],
    weights: Sequence[float],
    design: Design,
    rules: Rules,
    work: Workload,
    how: Resampling,
) -> DesignEstimate:
    walked = [(case, weight, paths(case, design, rules)) for case, weight in zip(cases, weights, strict=True)]
    begun = [(case, weight, way) for case, weight, way in walked if way is not None]
    if not begun:
        found = {name: none(name, 0, _too_few(cases, design)) for name in NAMES}
        return DesignEstimate(design, 0, len(cases), found)
    entered, weight, ways = zip(*begun, strict=True)
    how = replace(how, patients=tuple(case.patient for case in entered))
    sample = Sample(np.array([case.weight for case in entered]), how)
    found = _quantities(sample, design, ways, rules, work) | with_arbiter(
        sample, entered, np.array(weight), ways
    )
    return DesignEstimate(design, len(begun), len(cases) - len(begun), {name: found[name] for name in NAMES})


def _quantities(
    sample: Sample, design: Design, ways: Sequence[Paths], rules: Rules, work: Workload
) -> dict[str, Estimate]:
    needs, reads = design.reads, [way.reads for way in ways]
    cut, escalated = sum(way.cut > 0 for way in ways), np.array([way.escalated for way in ways])
    missing = f"{cut} of {sample.n} cases would need a further read that nobody gave."
    used = [one for one in reads if one is not None]
    per_case = np.array(used) if len(used) == sample.n else None
    drawn = np.array([way.drawn for way in ways]) if work.sampled else 0.0
    shown = None if cut else escalated + drawn
    names = ("reads_per_case", "escalated", "arbitrated")
    ends = ((float(needs.count), float(needs.max)), (0.0, 1.0), (_least_drawn(rules, work), 1.0))
    given = (per_case, None if cut else escalated, shown)
    told = {
        name: none(name, sample.n, missing) if values is None else sample.mean(name, values, between)
        for name, values, between in zip(names, given, ends, strict=True)
    }
    return told | _hours(sample, told, per_case, shown, work)


def _least_drawn(rules: Rules, work: Workload) -> float:
    """The share of cases that a senior is shown at least, were all of them agreed."""
    drawn = rules.protocol.arbitration
    return float(min([drawn.share, *(one.share for one in drawn.shares)])) if work.sampled else 0.0


def _hours(
    sample: Sample, told: dict[str, Estimate], reads: Floats | None, shown: Floats | None, work: Workload
) -> dict[str, Estimate]:
    per, minutes = (work.for_cases or float(sample.weights.sum())) / 60, work.minutes
    review = None if minutes.review is None else minutes.review * minutes.reviewed_share
    found = {
        f"hours_{tier}": none(tier, sample.n, NO_MINUTES)
        if factor is None
        else scaled(told[of], f"hours_{tier}", factor * per)
        for tier, of, factor in (
            ("reading", "reads_per_case", minutes.read),
            ("review", "reads_per_case", review),
            ("arbitration", "arbitrated", minutes.arbitration),
        )
    }
    return found | {
        "hours": _all_hours(sample, found, reads, shown, (minutes.read, review, minutes.arbitration), per)
    }


def _all_hours(
    sample: Sample,
    tiers: dict[str, Estimate],
    reads: Floats | None,
    shown: Floats | None,
    minutes: tuple[float | None, float | None, float | None],
    per: float,
) -> Estimate:
    read, review, arbitration = minutes
    if reads is None or shown is None or read is None or arbitration is None:
        why = next(one.reason for one in tiers.values() if one.value is None and one.reason)
        return none("hours", sample.n, why)
    spent = per * ((read + (review or 0.0)) * reads + arbitration * shown)
    if np.ptp(spent) > 0:
        return sample.mean("hours", spent, (-np.inf, np.inf))
    # All cases alike: what is certain of one tier is certain of the sum.
    known = [one for one in tiers.values() if one.interval is not None]
    low, high = (sum(getattr(one.interval, end) for one in known) for end in ("low", "high"))
    between = known[-1].interval and replace(known[-1].interval, low=low, high=high)
    return replace(none("hours", sample.n, ""), reason=None, value=float(spent[0]), interval=between)


def _too_few(cases: Sequence[WhatIfCase], design: Design) -> str:
    if not cases:
        return NO_CASES
    if design.reads.rule == TWO_PHASE:
        return f"No case has {design.reads.count} reads revised in a second look."
    return f"No case has {design.reads.count} planned independent reads."
