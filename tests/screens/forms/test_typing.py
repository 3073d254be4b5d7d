"""Numbers and coordinates as people type them."""

import pytest

from screens.forms.decimals import decimal_typed, thousandths, thousandths_text
from screens.forms.labels import checked_read, texts_of
from screens.forms.typed import Typed
from tests.workflow.labels.examples import PARSED, READ


@pytest.mark.parametrize(
    ("text", "number"),
    [("120.5", 120500), ("0", 0), (".001", 1), ("7.", 7000), ("1.2500", 1250), ("10000000", 10_000_000_000)],
)
def test_pixels_become_thousandths_exactly(text: str, number: int) -> None:
    assert thousandths(f" {text} ") == number
    assert thousandths(thousandths_text(number)) == number


@pytest.mark.parametrize("text", ["", ".", "-1", "1,5", "1.2345", "1e3", "10000000.001", "x", "١"])
def test_what_is_no_pixel_is_refused(text: str) -> None:
    assert thousandths(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [(" 7 ", "7"), ("+07.50", "7.50"), (".5", "0.5"), ("-3.", "-3"), ("000", "0"), ("1,5", "1,5")],
)
def test_measurements_are_spelled_as_they_are_stored(text: str, number: str) -> None:
    assert decimal_typed(text) == number


def faults(**texts: str) -> dict[str, str]:
    typed = texts_of(PARSED, READ).with_texts({name.replace("__", "."): [t] for name, t in texts.items()})
    return {fault["path"]: fault["message"] for fault in checked_read(PARSED, typed).faults}


def test_a_coordinate_that_cannot_be_read_is_named_at_its_field_and_once() -> None:
    assert faults(fields__region__x1="left") == {
        "/fields/region": "Left edge: write a number such as 120.5, with at most three decimals."
    }
    assert (
        "Fill in top edge and right edge too"
        in faults(fields__region__y1="", fields__region__x2="")["/fields/region"]
    )
    assert "one point per line" in faults(fields__lobe__outline="1 2 3")["/fields/lobe"]
    assert "one slice per line" in faults(fields__lung__runs="5 6")["/fields/lung"]
    assert "whole number" in faults(fields__beat__first="1.5")["/fields/beat"]


def test_a_finding_without_a_place_is_told_so() -> None:
    typed = Typed.of({"findings.0.id": ["f1"], "findings.0.type": ["landmark"]})
    found = {f["path"]: f["message"] for f in checked_read(PARSED, typed).faults}
    assert found["/findings/0/mark"] == "Say where it lies."


def test_none_of_these_beside_a_sign_is_no_answer() -> None:
    typed = texts_of(PARSED, READ).with_texts({"fields.signs": ["edema", "none·of·these"]})
    assert [f["path"] for f in checked_read(PARSED, typed).faults] == ["/fields/signs"]
