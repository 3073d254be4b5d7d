"""Stand-ins for identifiers: fixed under a key, apart by kind, and silent of both."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import UID

from imaging.deid.pseudonyms import Pseudonyms

ONE, OTHER = Pseudonyms(b"1" * 32), Pseudonyms(b"2" * 32)


def test_a_key_that_is_short_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Pseudonyms(b"short")


def test_the_key_is_neither_shown_nor_written() -> None:
    secret = Pseudonyms(b"do-not-show-this-key-to-anybody!")
    assert "do-not-show" not in repr(secret) + str(secret)
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_pseudonyms_are_what_they_were_in_every_release() -> None:
    assert ONE.uid("1.2.3") == "2.25.114402752582422146841466479144154959975"
    assert ONE.patient("4711", "A") == "P-OOAHE447VFRQKTKL"
    assert ONE.text("kind", "value") == "HHZEBR2XIBTIJPGC"
    assert ONE.days("P-A") == -2198


@given(st.text())
def test_a_uid_is_valid_and_depends_on_the_key(original: str) -> None:
    uid = UID(ONE.uid(original))
    assert uid.is_valid
    assert uid.startswith("2.25.")
    assert len(uid) <= 64
    assert uid == ONE.uid(original) != OTHER.uid(original)


def test_the_padding_of_a_uid_is_no_part_of_it() -> None:
    assert ONE.uid("1.2.3\0") == ONE.uid("1.2.3") == ONE.uid("1.2.3 ")


def test_an_identifier_and_its_issuer_are_not_one_text() -> None:
    assert (
        len({ONE.patient("ab", "c"), ONE.patient("a", "bc"), ONE.patient("abc"), ONE.patient("", "abc")}) == 4
    )


def test_kinds_do_not_meet() -> None:
    assert len({ONE.patient("x")[2:], ONE.text("patient", "x"), ONE.text("uid", "x"), ONE.text("", "x")}) == 4


@given(st.text())
def test_dates_move_one_day_to_ten_years_back(patient: str) -> None:
    assert -3650 <= ONE.days(patient) <= -1
    assert ONE.days(patient) == ONE.days(patient)


def test_patients_are_moved_differently() -> None:
    assert len({ONE.days(ONE.patient(str(n))) for n in range(100)}) > 90
