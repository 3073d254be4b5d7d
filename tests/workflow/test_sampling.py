"""Which agreed cases a senior reads all the same: by stratum, with its share, recorded with the draw."""

import json
from decimal import Decimal
from typing import Any

import pytest

from audit.models import Event
from tests.people import PROTOCOL, labels, study, with_protocol
from workflow.measuring.concordant import Concordant, concordant_sample
from workflow.protocol.faults import ProtocolError
from workflow.protocol.protocol import Protocol
from workflow.sampling import is_positive, name_of, share_of, stratum_of

POSITIVES = {"share": "0", "strata": ["positive"], "shares": [{"where": {"positive": True}, "share": "1"}]}
WHY = {"reason_code": "perception", "rationale": "The margin is clear."}
BY_STRATUM = with_protocol(arbitration={"sample_of_agreed": POSITIVES})


def parsed(**sections: Any) -> Protocol:
    return Protocol.parse(with_protocol(**sections))


@pytest.mark.parametrize(
    ("reference", "positive"),
    [
        ({"fields": {"finding": "nodule", "malignancy": 3}, "findings": []}, False),
        ({"fields": {"finding": "none", "malignancy": 4}, "findings": []}, True),
        ({"fields": {}, "findings": [{"id": "f1"}]}, True),
        ({"fields": {"malignancy": {"not_assessable": True}}, "findings": []}, False),
    ],
)
def test_positive_is_what_lies_at_a_cut_off_or_was_found(reference: dict[str, Any], positive: bool) -> None:
    assert is_positive(Protocol.parse(PROTOCOL), reference) is positive


def test_a_critical_yes_is_positive() -> None:
    cancer = {"fields": {"finding": {"unanimous": True}}}
    assert is_positive(parsed(**cancer), {"fields": {"finding": True}})
    assert not is_positive(parsed(**cancer), {"fields": {"finding": False}})


def test_the_first_share_that_fits_a_stratum_counts() -> None:
    sample = {
        "share": "0.1",
        "strata": ["positive", "site"],
        "shares": [
            {"where": {"positive": True, "site": "north"}, "share": "1"},
            {"where": {"positive": True}, "share": "0.5"},
        ],
    }
    arbitration = parsed(arbitration={"sample_of_agreed": sample}).arbitration
    assert share_of(arbitration, {"positive": True, "site": "north"}) == 1
    assert share_of(arbitration, {"positive": True, "site": "south"}) == Decimal("0.5")
    assert share_of(arbitration, {"positive": False, "site": "north"}) == Decimal("0.1")


def test_a_stratum_is_named_by_what_was_agreed_and_by_the_case() -> None:
    protocol = parsed(
        arbitration={"sample_of_agreed": {"share": "0.1", "strata": ["site", "positive", "age"]}}
    )
    stratum = stratum_of(protocol, {"site": "north"}, {"fields": {"malignancy": 5}})
    assert stratum == {"positive": True, "site": "north", "age": None}
    assert name_of(stratum) == "age not stated, positive yes, site north"
    assert name_of({}) == "all agreed cases"


def test_a_share_of_an_unknown_stratum_is_refused() -> None:
    with pytest.raises(ProtocolError) as refused:
        parsed(arbitration={"sample_of_agreed": {**POSITIVES, "strata": []}})
    assert [fault.code for fault in refused.value.faults] == ["unknown_stratum"]


def test_a_protocol_without_shares_keeps_its_digest() -> None:
    assert "shares" not in Protocol.parse(PROTOCOL).document()["arbitration"]["sample_of_agreed"]
    document = parsed(arbitration={"sample_of_agreed": POSITIVES}).document()
    assert Protocol.parse(document).document() == document


@pytest.mark.django_db(transaction=True)
def test_only_the_stratum_that_is_sampled_goes_up_and_each_draw_tells_its_stratum() -> None:
    chest = study("case-1", "case-2", protocol=BY_STRATUM)
    for grade in (2, 5):
        chest.agree_at_two(malignancy=grade)
    bodies = Event.objects.filter(action="consensus.computed").order_by("id").values_list("body", flat=True)
    draws = [json.loads(bytes(body))["extra"]["draw"] for body in bodies]
    assert sorted((draw["stratum"]["positive"], draw["share_ppm"]) for draw in draws) == [
        (False, 0),
        (True, 1_000_000),
    ]
    assert sorted(case.state for case in (chest.case("case-1"), chest.case("case-2"))) == [
        "arbitration",
        "final",
    ]


def counted(found: Concordant) -> list[tuple[str, int, int, int, int]]:
    by_decision = {one.name: one.overturned for one in found.by_decision.strata}
    return [
        (one.name, one.concordant, one.sampled, one.overturned, by_decision[one.name])
        for one in found.by_blind_read.strata
    ]


@pytest.mark.django_db(transaction=True)
def test_the_bound_counts_agreed_cases_that_the_senior_read_otherwise() -> None:
    everything = {"share": "1", "strata": ["positive"]}
    chest = study("benign", "suspect", protocol=with_protocol(arbitration={"sample_of_agreed": everything}))
    grades = {"benign": 2, "suspect": 5}
    for _ in grades:
        for reader in ("anna", "bob"):
            task = chest.claim(reader)
            grade = grades[task.case.external_ref]
            chest.submit(reader, task, {"labels": labels(malignancy=grade)})
        for reviewer in ("jin", "jana"):
            chest.review(reviewer)
    assert concordant_sample(chest.project).waiting == 2
    for _ in grades:
        task = chest.claim("sana")
        agreed = grades[task.case.external_ref]
        # The senior's own read of the suspect case lies below the cut-off; then they let the readers' answer stand.
        task = chest.submit("sana", task, {"labels": labels(malignancy=min(agreed, 3))})
        chest.submit("sana", task, {"outcome": "decided", "labels": labels(malignancy=agreed), **WHY})
    found = concordant_sample(chest.project)
    assert counted(found) == [("positive no", 1, 1, 0, 0), ("positive yes", 1, 1, 1, 0)]
    assert (found.waiting, found.by_blind_read.reason) == (0, None)
