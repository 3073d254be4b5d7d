"""A reader's own UIDs: another for each part, taken back exactly, and only of what is a pseudonym."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.images.shown import ShownUids, uids_of

NUMBERS = st.integers(min_value=0, max_value=2**128 - 1)
MINE, YOURS = ShownUids(bytes(range(32))), ShownUids(bytes(range(1, 33)))


@given(NUMBERS)
def test_a_shown_uid_is_taken_back_to_the_stored_one_and_is_another_for_another_reader(number: int) -> None:
    stored = f"2.25.{number}"
    shown = MINE.shown(stored)
    assert MINE.stored(shown) == stored
    assert len({stored, shown, YOURS.shown(stored)}) == 3
    assert shown.startswith("2.25.")
    assert len(shown) <= 44


@pytest.mark.parametrize(
    "uid", ["1.2.840.10008.1.2.1", "2.25.", "2.25.007", f"2.25.{2**128}", "2.25.-1", "2.25.1.2", "2.25.٣", ""]
)
def test_what_is_no_pseudonym_stays_as_it_is_and_leads_nowhere(uid: str) -> None:
    assert MINE.shown(uid) == uid
    assert MINE.stored(uid) is None


def test_the_names_belong_to_one_person_in_one_round_of_one_case() -> None:
    case, member = uuid4(), uuid4()
    parts = [(case, 1, member), (case, 2, member), (uuid4(), 1, member), (case, 1, uuid4())]
    assert len({uids_of(*part).shown("2.25.5") for part in parts}) == 4
    assert uids_of(*parts[0]).shown("2.25.5") == uids_of(*parts[0]).shown("2.25.5")


def test_the_mark_of_bytes_differs_too_and_nothing_prints_a_key() -> None:
    assert MINE.etag("sha256:00") != YOURS.etag("sha256:00")
    assert MINE.etag("sha256:00") != MINE.etag("sha256:01")
    assert "hidden" in repr(MINE)
