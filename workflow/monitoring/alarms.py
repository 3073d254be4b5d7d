"""The alarms on agreement, both ways: too low, and too high to be two people's own.

Each test takes the level that it may be wrong at, and alarms when its exact chance, or its one-sided bound, passes.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from workflow.agreement.exact import t_quantile
from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate
from workflow.monitoring.coefficients import NAMES, coefficient_of
from workflow.monitoring.levels import at_least, more_than_rest
from workflow.monitoring.series import PlannedCase, Series, table_of

TOO_LOW, MORE_ALIKE, PAIR_ALIKE, TOO_ALIKE = (
    "too_low",
    "more_alike_than_before",
    "pair_too_alike",
    "too_alike",
)
NEARLY_ALL, LOW_PART = 0.98, 0.8
ONE_SIGMA = 0.682689492137


@dataclass(frozen=True, slots=True)
class Alarm:
    """What alarms and why: `number` beside the `bound` that it passed, at which level; `about` names whom or what."""

    kind: str
    field: str
    about: str
    words: str
    number: float
    bound: float
    level: float
    subgroup: str | None = None
    look: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def too_low(
    series: Series, window: Sequence[PlannedCase], level: float, look: int, seed: int = 1
) -> Alarm | None:
    """Agreement below the protocol's bound: the one-sided upper end of the coefficient lies below it.

    The end is the higher of the interval's own and of the value + t · its standard deviation: in windows of fifty
    the percentile of a bootstrap alone alarms too often.
    """
    if series.bound is None or level <= 0:
        return None
    found = coefficient_of(window, series, 1 - 2 * level, seed)
    sigma = coefficient_of(window, series, ONE_SIGMA, seed).interval
    if found.value is None or found.interval is None or sigma is None:
        return None
    free = max(len({case.patient for case in window}) - 1, 1)
    upper = max(found.interval.high, found.value + t_quantile(1 - level, free) * (sigma.high - sigma.low) / 2)
    if upper >= series.bound:
        return None
    name = NAMES[series.coefficient]
    words = f"{name} is {found.value:.3f}, and its upper end {upper:.3f} lies below the bound of {series.bound:g}."
    return Alarm(
        TOO_LOW, series.field, "all readers", words, upper, series.bound, level, series.subgroup, look
    )


def more_alike(
    series: Series, window: Sequence[PlannedCase], rest: Sequence[PlannedCase], level: float, look: int
) -> Alarm | None:
    """More unanimous cases in a window than the rest lets expect: lost blinding, or copied reads."""
    found, before = (sum(case.unanimous for case in cases) for cases in (window, rest))
    if not rest or (chance := more_than_rest(found, len(window), before, len(rest))) > level:
        return None
    words = f"{found} of {len(window)} cases are unanimous, and {before} of {len(rest)} before: chance {chance:.2g}."
    return Alarm(MORE_ALIKE, series.field, "all readers", words, chance, level, level, series.subgroup, look)


def pairs_alike(series: Series, window: Sequence[PlannedCase], level: float, look: int) -> list[Alarm]:
    """Pairs of readers who agree with each other more than other pairs do; the level is shared among the pairs."""
    alike, shared = pair_counts(window)
    if len(shared) < 2:
        return []
    every, all_alike, alarms = sum(shared.values()), sum(alike.values()), []
    for pair in sorted(shared):
        n, found = shared[pair], alike[pair]
        chance = more_than_rest(found, n, all_alike - found, every - n)
        if chance <= level / len(shared):
            rest = f"{all_alike - found} of {every - n}"
            words = f"They agree on {found} of {n} cases, and other pairs on {rest}: chance {chance:.2g}."
            bound = level / len(shared)
            about = " and ".join(pair)
            alarms.append(
                Alarm(PAIR_ALIKE, series.field, about, words, chance, bound, level, series.subgroup, look)
            )
    return alarms


def too_alike(
    series: Series, parts: Sequence[Series], level: float, look: int, seed: int = 1
) -> Alarm | None:
    """Nearly all cases unanimous on a whole while the readers differ on a part of it, over all cases so far.

    Readers who see a case apart and cannot agree on its findings do not agree on every verdict: α above .98, more
    unanimous cases than a rate of 98 % explains at this level, and a part whose α is below .8 with its upper end.
    """
    whole = series.double
    found, alpha = sum(case.unanimous for case in whole), alpha_of(whole, series, 0.95, seed).value
    chance = at_least(found, len(whole), NEARLY_ALL)
    if alpha is None or alpha <= NEARLY_ALL or chance > level:
        return None
    low = [(part.field, alpha_of(part.double, part, 1 - 2 * level, seed)) for part in parts]
    named = [name for name, one in low if one.interval is not None and one.interval.high < LOW_PART]
    if not named:
        return None
    words = f"{found} of {len(whole)} cases are unanimous, while readers differ on {', '.join(named)}."
    return Alarm(TOO_ALIKE, series.field, "all readers", words, chance, level, level, series.subgroup, look)


def alpha_of(cases: Sequence[PlannedCase], series: Series, level: float, seed: int) -> Estimate:
    """α of some cases of a series, with its interval at a confidence level, drawing patients."""
    how = Resampling(seed=seed, level=level, patients=tuple(case.patient for case in cases))
    return krippendorff_alpha(table_of(cases, series.categories), series.level, how)


def pair_counts(cases: Sequence[PlannedCase]) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """By pair of readers: how many cases they agree on, and how many both read."""
    alike: Counter[tuple[str, str]] = Counter()
    shared: Counter[tuple[str, str]] = Counter()
    for case in cases:
        for (a, one), (b, other) in combinations(case.given.items(), 2):
            shared[a, b] += 1
            alike[a, b] += one == other
    return alike, shared
