"""What follows from what: the averages bring about exactly what was counted."""

import numpy as np
import pytest

from tasks.assigning.following import expected, followed
from tasks.planning.chain import follow_ups
from tests.people import PROTOCOL, with_protocol
from workflow.protocol.protocol import Protocol

KINDS = ("annotate", "arbitrate", "reconcile", "review")


@pytest.mark.parametrize(
    "count",
    [
        {"annotate": 250, "review": 250, "arbitrate": 40, "reconcile": 20},
        {"annotate": 200, "arbitrate": 100},
        {"annotate": 300, "review": 30},
    ],
)
def test_planned_reads_bring_about_what_was_counted(count: dict[str, int]) -> None:
    grow = follow_ups(followed(count, 200), KINDS)
    assert grow is not None
    made = grow @ np.array([200.0, 0, 0, 0])
    assert made == pytest.approx([count.get(kind, 0) for kind in KINDS], abs=5)


def test_without_reads_nothing_is_known() -> None:
    assert followed({"arbitrate": 3}, 0) == {}


def test_a_protocol_lets_expect_its_reviews_and_a_quarter_of_disputes() -> None:
    chain = expected(Protocol.parse(PROTOCOL))
    assert chain == {"annotate": {"review": 1.0, "annotate": 0.125, "arbitrate": 0.125}}
    fewer = Protocol.parse(
        with_protocol(reads={"rule": "unanimous", "count": 2, "max": 2}, junior_review={"share": "0.5"})
    )
    assert expected(fewer)["annotate"] == {"review": 0.5, "arbitrate": 0.125}
