"""Every design that a protocol can choose, carried through the tiers: who is asked next, and what settles a case."""

from typing import Any

import pytest

from tests.crowd import hire
from tests.people import Study, labels, study, with_protocol
from workflow.models import ConsensusReport, ReferenceLabel

pytestmark = pytest.mark.django_db(transaction=True)


def design(rule: str, count: int, most: int, **more: Any) -> dict[str, Any]:
    """The cast's protocol under another design, without junior review."""
    reads = {"rule": rule, "count": count, "max": most, **more.pop("reads", {})}
    return {**with_protocol(junior_review={"share": "0"}, **more), "reads": reads}


def read_by_all(protocol: dict[str, Any], findings: list[str]) -> Study:
    """One case, read by as many people as there are answers, one after the other."""
    chest = study("case-1", protocol=protocol)
    readers = hire(chest, "annotator", len(findings))
    for reader, finding in zip(readers, findings, strict=True):
        chest.read(reader, finding=finding, malignancy=2)
    return chest


def outcomes() -> list[str]:
    return list(ConsensusReport.objects.order_by("sequence").values_list("outcome", flat=True))


def answer() -> str:
    return str(ReferenceLabel.objects.get().content.data["labels"]["fields"]["finding"])


@pytest.mark.parametrize(
    ("protocol", "findings", "said", "state", "label"),
    [
        (design("unanimous", 3, 3), ["mass"] * 3, ["accept"], "final", "mass"),
        (design("unanimous", 3, 3), ["mass", "mass", "none"], ["escalate"], "arbitration", None),
        (design("majority", 3, 3), ["mass", "none", "mass"], ["accept"], "final", "mass"),
        (design("majority", 3, 3), ["mass", "none", "nodule"], ["escalate"], "arbitration", None),
        (design("majority", 2, 4), ["mass", "none", "none"], ["request_read", "accept"], "final", "none"),
        (
            design("majority", 2, 4), ["mass", "none", "nodule", "mass"],
            ["request_read", "request_read", "escalate"], "arbitration", None,
        ),
        (design("2+1", 2, 3), ["mass", "none", "none"], ["request_read", "accept"], "final", "none"),
        (design("2+1", 2, 3), ["mass", "none", "nodule"], ["request_read", "escalate"], "arbitration", None),
        (design("2+senior", 2, 2), ["mass", "mass"], ["accept"], "final", "mass"),
        (design("2+senior", 2, 2), ["mass", "none"], ["escalate"], "arbitration", None),
        (
            design("n-of-m", 3, 4, reads={"n": 3}), ["mass", "none", "mass", "mass"],
            ["request_read", "accept"], "final", "mass",
        ),
        (
            design("n-of-m", 3, 4, reads={"n": 3}), ["mass", "none", "none", "mass"],
            ["request_read", "escalate"], "arbitration", None,
        ),
    ],
)  # fmt: skip
def test_a_design_settles_or_asks_on(
    protocol: dict[str, Any], findings: list[str], said: list[str], state: str, label: str | None
) -> None:
    chest = read_by_all(protocol, findings)
    assert (outcomes(), chest.case().state) == (said, state)
    if label is not None:
        assert answer() == label


TWO_PHASE = design("lidc-two-phase", 3, 3, second_look={"rounds": 1})


@pytest.mark.parametrize(
    ("again", "state"), [(["mass"] * 3, "final"), (["mass", "none", "nodule"], "arbitration")]
)
def test_in_two_phases_readers_see_the_others_before_a_senior_is_asked(again: list[str], state: str) -> None:
    chest = read_by_all(TWO_PHASE, ["mass", "none", "nodule"])
    assert (outcomes(), chest.case().state) == (["escalate"], "consensus")
    for number, finding in enumerate(again, 1):
        task = chest.claim(f"annotator_{number}", ["reconcile"])
        chest.submit(f"annotator_{number}", task, {"labels": labels(finding=finding, malignancy=2)})
    assert (len(outcomes()), chest.case().state) == (2, state)
