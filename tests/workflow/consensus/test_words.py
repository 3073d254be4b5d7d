"""Comparisons in words: no rounding makes a number look as if it were on the other side of its bound."""

from typing import Any

import pytest

from workflow.consensus.words import pair_words

NAMES = {"x": "1.1", "y": "2.1"}


def words(number: str, comparator: dict[str, Any], **more: Any) -> str:
    return pair_words({"reads": ["x", "y"], "number": number, "agree": False, **more}, comparator, NAMES)


@pytest.mark.parametrize(
    ("number", "comparator", "expected"),
    [
        ("0.6996", {"iou": {"at_least": "0.7"}}, "1.1 and 2.1 overlap by 69.9 % (IoU); 70 % is asked for."),
        ("0.7", {"iou": {"at_least": "0.7"}}, "1.1 and 2.1 overlap by 70 % (IoU); 70 % is asked for."),
        ("0.7996", {"mask": {"dice": "0.8"}}, "1.1 and 2.1: Dice 0.799 (0.8 is asked for)."),
        (
            "2.0004",
            {"distance": {"within": "2", "unit": "mm"}},
            "1.1 and 2.1 lie 2.001 mm apart; 2 is allowed.",
        ),
        ("3", {"number": {"rel": "0.125"}}, "1.1 and 2.1 differ by 3; 12.5 % of their mean is allowed."),
    ],
)
def test_what_falls_short_never_looks_as_if_it_were_enough(
    number: str, comparator: dict[str, Any], expected: str
) -> None:
    assert words(number, comparator) == expected


def test_lengths_without_a_bound_of_their_own_name_none() -> None:
    told = words("3", {"length": {"ends": "5", "unit": "mm"}}, measures={"ends": "6"})
    assert told == "1.1 and 2.1: lengths differ by 3 mm, ends lie 6 mm apart (5 is allowed)."
