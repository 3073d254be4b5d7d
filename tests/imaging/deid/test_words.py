"""The fixed vocabulary: what stays of free text, and that it holds no person, place or number."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.deid.words import cleaned, plain_code, vocabulary


def test_the_vocabulary_is_of_plain_words() -> None:
    assert len(vocabulary()) > 900
    assert not [word for word in vocabulary() if not re.fullmatch(r"[a-z0-9_]{1,20}", word)]
    assert not [
        word
        for word in vocabulary()
        if re.search(r"\d{3}", word) and len(word) < 5 and word.isdigit() is None
    ]


def test_the_vocabulary_has_no_dates_months_or_common_surnames() -> None:
    strangers = (
        "januar january march maerz april may june monday smith mueller muller schmidt garcia lee kim young"
    )
    assert not vocabulary() & set(strangers.split())
    assert not [word for word in vocabulary() if word.isdigit()]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("CT Thorax nativ, Frau Mustermann", "CT Thorax nativ"), ("Mustermann", ""), ("", ""),
        ("ABDOMEN^PORTAL VENOUS 03.10.2004", "ABDOMEN PORTAL VENOUS"), ("Fr.Müller:Leber", "Leber"),
        ("KneeMustermann", ""), ("B30f", ""), ("頭部 HEAD", "HEAD"),
    ],
)  # fmt: skip
def test_only_known_words_stay(text: str, left: str) -> None:
    assert cleaned(text, ()) == left


def test_a_known_word_that_is_somebodys_name_goes() -> None:
    assert cleaned("CT Thorax Hand", {"hand"}) == "CT Thorax"


def test_settings_of_machines_stay_where_they_are_asked_for() -> None:
    assert cleaned("B30f FC08 1984 AB12345 3", (), settings=True) == "B30f FC08"


@given(st.text())
def test_nothing_but_the_vocabulary_stays(text: str) -> None:
    left = cleaned(text, ())
    assert set(left.lower().split()) <= vocabulary()
    assert cleaned(left, ()) == left


CODES = {
    "AXIAL": "AXIAL", "ISO_10918_1": "ISO_10918_1", "ISO_77309_1": "", "M_SE": "M_SE", "HFS": "HFS", "MUSTER": "",
    "Axial": "", "LEE_KIM_ANN": "", "20040119": "",
}  # fmt: skip


@pytest.mark.parametrize(("code", "left"), CODES.items())
def test_a_code_stays_whole_or_not_at_all(code: str, left: str) -> None:
    assert plain_code(code, ()) == left


def test_a_short_code_that_is_somebodys_name_goes() -> None:
    assert plain_code("LEE", {"lee"}) == ""
