"""The agreement of LIDC-IDRI's radiologists, computed from the demonstration's own data."""

import gzip
import json
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.agreement.published import VECTORS
from workflow.agreement.fleiss import fleiss_kappa
from workflow.agreement.gwet import gwet_ac1
from workflow.agreement.krippendorff import krippendorff_alpha
from workflow.agreement.percent import observed_agreement
from workflow.agreement.resampling import Resampling
from workflow.agreement.tables import Table

EXPECTED = json.loads((VECTORS / "lidc/expected.json").read_text())
QUICK = Resampling(draws=20)


@cache
def data() -> dict[str, Any]:
    path = Path(__file__).parents[3] / "demo/data/nodules.json.gz"
    found: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return found


def table(feature: str) -> Table:
    place = data()["rating_order"].index(feature)
    whole = [one for one in data()["nodules"] if one["n_readers"] == 4 and not one["ambiguous"]]
    return Table.of([[read["ratings"][place] for read in one["reads"]] for one in whole])


@pytest.mark.parametrize("feature", EXPECTED["features"])
def test_the_ratings_agree_as_stated(feature: str) -> None:
    reads, expected = table(feature), EXPECTED["features"][feature]
    percent = observed_agreement(reads, QUICK)
    assert percent.n == EXPECTED["n"]
    assert percent.value == pytest.approx(expected["pairwise_percent_agreement"], abs=1e-9)
    assert fleiss_kappa(reads, how=QUICK).value == pytest.approx(expected["fleiss_kappa"], abs=1e-9)
    alpha = krippendorff_alpha(reads, expected["level"], QUICK).value
    assert alpha == pytest.approx(expected["krippendorff_alpha"], abs=1e-9)
    same = (reads.codes == reads.codes[:, :1]).all(1).mean()
    assert same == pytest.approx(expected["unanimous_share"], abs=1e-9)


def test_third_reads_asked_for_on_disagreement_inflate_every_coefficient() -> None:
    # Of all 897 nodules: Fleiss' κ of malignancy from 4 on or not .264 of two planned reads, .504 with such thirds.
    place = data()["rating_order"].index("malignancy")
    whole = [one for one in data()["nodules"] if one["n_readers"] == 4 and not one["ambiguous"]]
    reads = [[one["ratings"][place] >= 4 for one in nodule["reads"]] for nodule in whole]
    planned = Table.of([row[:2] for row in reads])
    with_thirds = Table.of([(*row[:2], row[2] if row[0] != row[1] else None) for row in reads])
    for one in (fleiss_kappa, gwet_ac1, observed_agreement, partial(krippendorff_alpha, level="nominal")):
        fair, inflated = one(planned, how=QUICK).value, one(with_thirds, how=QUICK).value
        assert fair is not None
        assert inflated is not None
        assert inflated - fair > 0.08
