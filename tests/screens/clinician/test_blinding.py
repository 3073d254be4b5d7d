"""No page of a reader names the case, its patient, another person, or how many read it."""

import re
from typing import Any

import pytest

from tests.people import CAST, Study, study
from workflow.models import Part, Read

from .seat import Seat, answers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def check(chest: Study, page: Any, name: str) -> None:
    """Everything that was sent to this person, the addresses on the way included."""
    sent = page.content.decode().lower() + " ".join(str(step) for step in page.redirect_chain)
    case = chest.case()
    numbers = Part.objects.exclude(member__user__username=name).values_list("case_number", flat=True)
    others = [who for who in CAST if who != name]
    reads = Read.objects.exclude(member__user__username=name).values_list("pk", flat=True)
    secret = [str(case.pk), "case-1", "patient-", *numbers, *others, *map(str, reads)]
    found = [word for word in secret if re.search(rf"\b{re.escape(word)}\b", sent)]
    assert found == []
    assert not re.search(r"\b(slot|round|planned|conditional)\b", sent)


def test_readers_reviewers_and_arbiters_see_no_more_than_they_should(chest: Study) -> None:
    for name, malignancy in (("anna", 3), ("bob", 5)):
        seat = Seat(name)
        check(chest, seat.start(), name)
        check(chest, seat.act("submit", 422, fields__malignancy="9"), name)
        check(chest, seat.act("submit", **answers(malignancy=malignancy)), name)
        check(chest, seat.get("/work/"), name)
    for name in ("jin", "jana"):
        seat = Seat(name)
        check(chest, seat.start(), name)
        check(chest, seat.act("submit", verdict="accept"), name)
    seat = Seat("sana")
    check(chest, seat.start(), "sana")
    check(chest, seat.act("submit", 422, outcome="decided"), "sana")


def test_the_second_reader_sees_what_the_first_one_saw(chest: Study) -> None:
    first = Seat("anna")
    pages = [first.start().content.decode()]
    first.act("submit", **answers())
    pages.append(Seat("bob").start().content.decode())
    assert without_own(pages[0]) == without_own(pages[1])


def without_own(page: str) -> str:
    """The page without what is each person's own: names, numbers, tokens, times."""
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]{4}-[0-9-]{4,}|Anna|Bob", "", page)
    page = re.sub(r'"[^"]*(csrf|CSRF)[^"]*"[^>]*', "", page)
    return re.sub(r'data-until="[^"]*">[^<]*|hx-headers=\S+ "[^"]*"', "", page)
