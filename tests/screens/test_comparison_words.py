"""A consensus report in words: each metric by its own, findings as a whole and part by part."""

from typing import Any

import pytest

from screens.comparison_words import compared_fields
from tests.people import labels, study, with_protocol
from tests.provenance.test_label_rows import WITH_FINDINGS, nodule, read
from tests.screens.desk import Desk
from workflow.consensus.words import rule_of_reads, rule_words
from workflow.labels.schema import LabelSchema

NAMES = {"r1": "1.1", "r2": "2.1"}
SCHEMA = LabelSchema.parse(WITH_FINDINGS["label_schema"])
IOU = {"box_iou": {"at_least": "0.5", "match_at": "0.1"}}
BOXES = {"box_sets": {"iou": "1/2", "min_f1": "3/4"}}


def rule(comparator: dict[str, Any], **more: Any) -> dict[str, Any]:
    plain = {"aggregate": "majority", "cutoffs": [], "median": "low", "escalates": True, "unanimous": False}
    return {"comparator": comparator, **plain, **more}


def compared(comparator: dict[str, Any], number: str | None, *, agree: bool = False) -> str:
    pair = {"reads": ["r2", "r1"], "agree": agree, "number": number}
    field = {
        "key": "finding", "rule": rule(comparator), "values": [{"read": "r1", "value": "mass"}], "pairs": [pair],
        "outcome": "escalate", "reason": "no majority at max reads", "value": None,
    }  # fmt: skip
    [row] = compared_fields({"fields": [field]}, SCHEMA, NAMES)
    assert (row.label, row.said, row.outcome) == (
        "Finding", [("1.1", "Mass"), ("2.1", "no answer")], "disputed",
    )  # fmt: skip
    return row.pairs[0]


@pytest.mark.parametrize(
    ("comparator", "number", "words"),
    [
        ({"equal": {}}, "0", "1.1 and 2.1 differ."),
        ({"equal": {}}, None, "1.1 and 2.1: only one of them answers this, or finds it assessable."),
        ({"ordinal": {"within": 1, "max_range": 2}}, "3.000000", "1.1 and 2.1 differ by 3; 1 is allowed."),
        ({"number": {"abs": "1.0"}}, "4.500000", "1.1 and 2.1 differ by 4.5; 1.0 is allowed."),
        (
            {"jaccard": {"at_least": "0.5"}},
            "0.333333",
            "1.1 and 2.1 share 33.3 % of their choices; 50 % is asked for.",
        ),
        (IOU, "0.310000", "1.1 and 2.1 overlap by 31 % (IoU); 50 % is asked for."),
        (BOXES, "0.500000", "1.1 and 2.1 match at F1 0.5; 0.75 is asked for."),
    ],
)
def test_each_metric_has_its_words(comparator: dict[str, Any], number: str | None, words: str) -> None:
    assert compared(comparator, number) == f"{words} They do not agree."


def test_two_reads_without_an_answer_agree_in_that() -> None:
    assert compared({"equal": {}}, None, agree=True) == "1.1 and 2.1: neither has a value here. They agree."


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (rule({"equal": {}}), "agree if equal; majority"),
        (rule({"ordinal": {"within": 0}}, aggregate="median"), "agree if equal; low median"),
        (
            rule({"number": {"abs": "2", "rel": "0.1"}}, aggregate="mean", unanimous=True),
            "agree within 2 or 10 % of their mean; mean; must be unanimous",
        ),
        (
            rule({"jaccard": {"at_least": "0.5"}}, escalates=False),
            "agree if they share 50 % of their choices; majority; never goes to a senior",
        ),
        (rule(IOU, aggregate="fused"), "agree if they overlap by 50 % (IoU); fused"),
        (rule(BOXES, aggregate="none"), "agree at F1 3/4, matched at IoU 1/2"),
        ({"comparator": {}, "aggregate": "none", "escalates": False}, "not compared"),
    ],
)
def test_each_rule_has_its_words(stated: dict[str, Any], words: str) -> None:
    assert rule_words(stated) == words


def test_the_rule_of_a_case_says_how_many_reads_must_agree() -> None:
    assert rule_of_reads({"rule": "n-of-m", "count": 3, "max": 5, "n": 3}) == (
        "rule n-of-m: 3 reads planned, at most 5, 3 must agree"
    )
    assert rule_of_reads({}) == ""


@pytest.mark.django_db(transaction=True)
def test_findings_are_told_as_a_whole_and_part_by_part() -> None:
    chest = study("case-1", guideline=WITH_FINDINGS)
    chest.submit("anna", chest.claim("anna"), read(nodule("left", 10000, solid=True)))
    chest.submit("bob", chest.claim("bob"), read(nodule("x1", 11000, solid=True)))
    chest.review("jin", "correct", correction=read(nodule("left", 10000, solid=False))["labels"])
    chest.review("jana")
    page = Desk("aud").get(f"/audit/chest/cases/{chest.case().pk}/dossier/")
    for told in (
        "Nodule 1 1.1: 1 marked 2.1: 1 marked another read asked for : marked by 2 of 2; disputed: solid",
        "Nodule 1: mark agree if they overlap by 50 % (IoU); fused",
        "columns 10–30, rows 10–30 (20 × 20 px)",
        "Nodule 1: Solid? agree if equal; majority 1.1: No 2.1: Yes",
        "Corrected: Nodule 1",
    ):
        assert told in page, told


@pytest.mark.django_db(transaction=True)
def test_a_case_that_was_sent_back_tells_the_first_look_and_what_was_to_be_done_again() -> None:
    sampled = with_protocol(arbitration={"sample_of_agreed": {"share": "1", "strata": []}})
    chest = study("case-1", protocol=sampled)
    chest.agree_at_two()
    chest.submit("sana", chest.claim("sana"), {"labels": labels(malignancy=4)})
    chest.arbitrate(outcome="sent_back", rework=["A"])
    page = Desk("aud").get(f"/audit/chest/cases/{chest.case().pk}/dossier/")
    for told in (
        "drawn for a senior though the reads agreed", "The arbiter’s own first look, Sana Senior",
        "Arbitration, Sana Senior sent back", "No label was released.",
    ):  # fmt: skip
        assert told in page, told
    assert "no display manifest is cited" not in page
    assert any(f"Sent back {place}.1" in page for place in (1, 2))
