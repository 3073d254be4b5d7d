"""How many double-read cases an interval of a wanted width needs: by the formula, and by simulation."""

import numpy as np
import pytest

from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.percent import observed_agreement
from workflow.agreement.resampling import Resampling
from workflow.agreement.results import Estimate, Interval
from workflow.agreement.tables import Table
from workflow.what_if.precision import ALL_ALIKE, cases_needed


def reads(cases: int, seed: int) -> Table:
    """Two readers of three classes who are right in 80 % of the cases, two cases to a patient."""
    chance = np.random.default_rng(seed)
    truth = np.repeat(chance.integers(0, 3, (cases // 2, 1)), 2, axis=0)
    guessed = chance.integers(0, 3, (cases, 2))
    return Table.of(np.where(chance.random((cases, 2)) < 0.8, truth, guessed).tolist())


def alpha(cases: int, seed: int) -> Estimate:
    patients = tuple(n // 2 for n in range(cases))
    return krippendorff_alpha(reads(cases, seed), "nominal", Resampling(draws=500, patients=patients))


def width(one: Estimate) -> float:
    assert one.interval is not None
    return one.interval.high - one.interval.low


@pytest.mark.parametrize("wanted", [0.1, 0.3])
def test_with_as_many_cases_as_it_says_the_interval_is_as_wide_as_wanted(wanted: float) -> None:
    told = [cases_needed(alpha(200, seed), wanted).needed for seed in range(12)]
    needed = 2 * round(float(np.mean([one for one in told if one])) / 2)
    assert np.mean([width(alpha(needed, 100 + seed)) for seed in range(12)]) == pytest.approx(wanted, rel=0.1)


def test_half_the_width_needs_four_times_the_cases() -> None:
    now = Estimate("alpha", 50, 0, 0.6, interval=Interval(0.5, 0.7, "percentile bootstrap"))
    assert (cases_needed(now, 0.1).needed, cases_needed(now, 0.1).further) == (200, 150)
    assert (cases_needed(now, 0.2).needed, cases_needed(now, 0.4).further) == (50, 0)


def test_unanimous_cases_and_undefined_coefficients_tell_no_number() -> None:
    alike = Table.of([(1, 1)] * 20 + [(0, 0)] * 20)
    assert cases_needed(observed_agreement(alike), 0.1).reason == ALL_ALIKE
    undefined = cases_needed(krippendorff_alpha(Table.of([(1, 1)] * 5), "nominal"), 0.1)
    assert undefined.needed is None
    assert undefined.reason
    assert undefined.as_dict()["further"] is None


def test_a_width_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        cases_needed(Estimate("alpha", 5, 0, 0.5), 0)
