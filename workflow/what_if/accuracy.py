"""Agreement of a design's labels with the arbiter, weighted by how the arbiter's cases were drawn."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from workflow.agreement.results import Estimate
from workflow.agreement.tables import Floats
from workflow.what_if.cases import WhatIfCase
from workflow.what_if.paths import Paths
from workflow.what_if.quantities import Sample, none

ALL_ESCALATED = "The design would have accepted no label on these reads."
NO_READ = "Some cases would need a further read that nobody gave."


def arbiter_weights(cases: Sequence[WhatIfCase]) -> list[float]:
    """How many cases each arbiter's answer stands for: its own weight, or its stratum's cases per answer; 0 without."""
    every = Counter(case.stratum for case in cases)
    answered = Counter(case.stratum for case in cases if case.arbiter is not None)
    return [0.0 if case.arbiter is None else _weight(case, every, answered) for case in cases]


def with_arbiter(
    sample: Sample, cases: Sequence[WhatIfCase], weights: Floats, ways: Sequence[Paths]
) -> dict[str, Estimate]:
    """`agreement_accepted`: of labels accepted without the arbiter. `agreement_final`: of all, arbitrated ones too.

    Estimable only where every stratum of which the design accepts something holds an answer of the arbiter: the
    disputed cases alone, which the arbiter sees anyway, say nothing of the agreed ones.
    """
    accepted, escalated, agreeing = (
        np.array([getattr(way, name) for way in ways]) for name in ("accepted", "escalated", "agreeing")
    )
    reason = _why_not(cases, accepted, ways)
    if reason:
        return {name: none(name, sample.n, reason) for name in ("agreement_accepted", "agreement_final")}
    # The ratio of Hájek: weights need not add up to the number of cases.
    alone = sample.share("agreement_accepted", weights * agreeing, weights * accepted)
    return {
        "agreement_accepted": alone,
        "agreement_final": _final(sample, alone, weights, (accepted, escalated, agreeing)),
    }


def _final(sample: Sample, alone: Estimate, weights: Floats, ways: tuple[Floats, Floats, Floats]) -> Estimate:
    accepted, escalated, agreeing = (sample.weights * way for way in ways)
    up = float(escalated.sum() / sample.weights.sum())
    made = Estimate("agreement_final", sample.n, 0, up + (1 - up) * (alone.value or 0.0))
    if alone.value in (0, 1) and alone.interval:
        ends = (up + (1 - up) * end for end in (alone.interval.low, alone.interval.high))
        low, high = ends
        return replace(made, interval=replace(alone.interval, low=low, high=high))

    def final(times: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            share = (times @ escalated) / (times @ sample.weights)
            return np.asarray(
                share + (1 - share) * (times @ (weights * agreeing)) / (times @ (weights * accepted))
            )

    return sample.drawn(made, final)


def _why_not(cases: Sequence[WhatIfCase], accepted: Floats, ways: Sequence[Paths]) -> str | None:
    if any(way.cut for way in ways):
        return NO_READ
    if not accepted.any():
        return ALL_ESCALATED
    needed = {case.stratum for case, share in zip(cases, accepted, strict=True) if share}
    answered = {
        case.stratum
        for case, share in zip(cases, accepted, strict=True)
        if share and case.arbiter is not None
    }
    missing = ", ".join(sorted(needed - answered))
    return (
        f"Needs the arbiter's answers on a random sample of the agreed cases: none in {missing}."
        if missing
        else None
    )


def _weight(case: WhatIfCase, every: Counter[str], answered: Counter[str]) -> float:
    if case.arbiter_weight is not None:
        return case.arbiter_weight
    return every[case.stratum] / answered[case.stratum]
