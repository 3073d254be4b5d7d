"""Why something is disputed, in the words of the metric; reads by letter, never by id."""

from typing import Any

import pytest

from screens.clinician.disputes import dispute_words

LETTERS = {"r1": "A", "r2": "B"}
IOU = {"box_iou": {"at_least": "0.5", "match_at": "0.1"}}


def field(
    key: str, comparator: dict[str, Any], number: str | None, reason: str = "no majority at max reads"
) -> Any:
    pair = {"reads": ["r1", "r2"], "agree": False, "number": number}
    return {"key": key, "rule": {"comparator": comparator}, "pairs": [pair], "reason": reason}


def words(one: dict[str, Any]) -> list[str]:
    report = {"disputed": [one["key"]], "fields": [one], "findings": []}
    return dispute_words(report, LETTERS)[one["key"]]


@pytest.mark.parametrize(
    ("comparator", "number", "sentence"),
    [
        ({"equal": {}}, "0", "A and B differ."),
        ({"ordinal": {"within": 0, "max_range": 2}}, "3", "A and B differ by 3; none is allowed."),
        ({"number": {"abs": "1.0"}}, "4.500000", "A and B differ by 4.5; 1.0 is allowed."),
        ({"number": {"rel": "0.1"}}, "4.0", "A and B differ by 4; 10 % of their mean is allowed."),
        ({"jaccard": {"at_least": "0.5"}}, "0.333333", "A and B share 33.3 % of their choices; 50 % is asked for."),
        (IOU, "0.310000", "A and B overlap by 31 % (IoU); 50 % is asked for."),
        ({"box_sets": {"iou": "0.5", "min_f1": "0.75"}}, "0.500000", "A and B match at F1 0.5; 0.75 is asked for."),
        ({"number": {"repeatability": "2.5"}}, "4.0", "A and B differ by 4; 2.5 is allowed."),
        ({"span_iou": {"at_least": "0.5"}}, "0.25", "A and B overlap by 25 % (IoU); 50 % is asked for."),
        ({"dice": {"at_least": "0.8"}}, "0.75", "A and B overlap by 75 % (Dice); 80 % is asked for."),
        ({"distance": {"within": "3", "unit": "mm"}}, "4.5", "A and B lie 4.5 mm apart; 3 is allowed."),
        ({"distance": {}}, None, "A and B lie on different images, or only one of them is there."),
        ({"equal": {}}, None, "A and B: only one of them answers this, or finds it assessable."),
    ],
)  # fmt: skip
def test_each_metric_has_its_sentence(comparator: dict[str, Any], number: str | None, sentence: str) -> None:
    assert words(field("x", comparator, number)) == ["No majority at max reads.", sentence]


def test_masks_and_lengths_tell_all_that_was_measured_or_why_nothing_was() -> None:
    masks = {"mask": {"dice": "0.8", "hd95": "3", "nsd": "0.9", "tolerance": "2", "unit": "mm"}}
    one = field("x", masks, "0.75")
    one["pairs"][0]["measures"] = {"hd95": "4.500000", "nsd": "0.800000"}
    told = "Dice 0.75 (0.8 is asked for), HD95 4.5 mm (3 is allowed), NSD 0.8 (0.9 is asked for)"
    assert words(one)[1] == f"A and B: {told}."
    lengths = {"length": {"abs": "1", "ends": "2", "unit": "px"}}
    one = field("x", lengths, "1.5")
    one["pairs"][0]["measures"] = {"ends": "3"}
    told = "lengths differ by 1.5 px (1 is allowed), ends lie 3 px apart (2 is allowed)"
    assert words(one)[1] == f"A and B: {told}."
    one["pairs"][0]["missing"] = "no pixel spacing is known"
    assert words(one)[1] == "A and B could not be measured: no pixel spacing is known."


def test_findings_ask_their_question() -> None:
    where = {"question": "where?", "reason": "marked by 2 of 2", "mark": field("mark", IOU, "0.2")}
    whole = {"id": "f1", **where, "fields": []}
    grade = field("grade", {"equal": {}}, "0")
    part = {"id": "f2", "question": "what?", "reason": "x", "mark": None, "fields": [grade]}
    report = {"disputed": ["f1", "f2/grade"], "fields": [], "findings": [whole, part]}
    found = dispute_words(report, LETTERS)
    overlap = "A and B overlap by 20 % (IoU); 50 % is asked for."
    assert found["f1"] == ["Where does it lie? Marked by 2 of 2.", overlap]
    assert found["f2/grade"][1] == "A and B differ."
