"""Notices by mail: at once, in the morning, or never; what is urgent always at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from tests.people import Study, study
from workflow.mailing import Manner, choose_manner, last_morning, mail_waiting, manner_of
from workflow.models import Notice
from workflow.notices import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def chest() -> Study:
    chest = study()
    for name in ("anna", "bob"):
        chest.members[name].user.email = f"{name}@example.org"
        chest.members[name].user.save()
    return chest


def told(chest: Study, name: str, *texts: str, urgent: bool = False, hours_ago: int = 0) -> None:
    for text in texts:
        made = tell([chest.members[name]], kind="returned", text=text, urgent=urgent)
        at = timezone.now() - timedelta(hours=hours_ago)
        Notice.objects.filter(pk__in=[one.pk for one in made]).update(created_at=at)


def likes(chest: Study, name: str, manner: Manner) -> None:
    choose_manner(user=chest.members[name].user.pk, manner=manner)


def test_who_chose_nothing_is_mailed_at_once(chest: Study) -> None:
    assert manner_of(chest.members["anna"].user.pk) == Manner.AT_ONCE
    told(chest, "anna", "One.", "Two.")
    assert [mail_waiting(), mail_waiting()] == [2, 0]
    assert [sent.subject for sent in mail.outbox] == ["Consilium, Chest"] * 2


def test_who_likes_one_mail_a_day_gets_all_of_them_together_once_the_morning_has_come(chest: Study) -> None:
    likes(chest, "anna", Manner.DAILY)
    told(chest, "anna", "Yesterday's.", hours_ago=25)
    told(chest, "anna", "Today's.")
    told(chest, "bob", "Bob's.")
    assert [mail_waiting(), mail_waiting()] == [2, 0]
    bobs, annas = mail.outbox
    assert (bobs.to, annas.to) == (["bob@example.org"], ["anna@example.org"])
    assert annas.subject == "Consilium: 2 notices"
    assert annas.body == "- Chest: Yesterday's.\n- Chest: Today's.\n\nSign in to see them.\n"


def test_before_the_morning_a_digest_waits_and_keeps_nobody_else_waiting(chest: Study) -> None:
    likes(chest, "anna", Manner.DAILY)
    told(chest, "anna", *(f"Notice {n}." for n in range(120)))
    told(chest, "bob", "Bob's.")
    assert mail_waiting() == 1
    assert Notice.objects.filter(mailed_at=None).count() == 120


@pytest.mark.parametrize("manner", [Manner.DAILY, Manner.NEVER])
def test_what_is_urgent_is_mailed_at_once_to_everybody(chest: Study, manner: Manner) -> None:
    likes(chest, "anna", manner)
    told(chest, "anna", "A finding waits.", urgent=True)
    assert mail_waiting() == 1
    assert mail.outbox[0].subject == "URGENT: Consilium, Chest"


def test_who_likes_no_mail_gets_none_and_still_has_the_notices(chest: Study) -> None:
    likes(chest, "anna", Manner.NEVER)
    told(chest, "anna", "One.", hours_ago=50)
    assert mail_waiting() == 0
    notice = Notice.objects.get(member=chest.members["anna"])
    assert notice.mailed_at is not None
    assert notice.read_at is None


def test_a_digest_that_cannot_be_sent_is_tried_again(chest: Study, settings: Any) -> None:
    likes(chest, "anna", Manner.DAILY)
    told(chest, "anna", "One.", "Two.", hours_ago=25)
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.mail.RefusesAnna"
    assert mail_waiting() == 0
    settings.EMAIL_BACKEND = backend
    assert mail_waiting() == 1


@pytest.mark.parametrize(
    ("now", "zone", "morning"),
    [
        ((2026, 3, 4, 12), "UTC", (2026, 3, 4, 7)),
        ((2026, 3, 4, 6), "UTC", (2026, 3, 3, 7)),
        ((2026, 3, 4, 5, 59), "Europe/Berlin", (2026, 3, 3, 6)),
        ((2026, 3, 4, 6), "Europe/Berlin", (2026, 3, 4, 6)),
        ((2026, 3, 4, 0), "Asia/Tokyo", (2026, 3, 3, 22)),
    ],
)
def test_the_morning_is_the_projects_own(now: tuple[int, ...], zone: str, morning: tuple[int, ...]) -> None:
    at = datetime(*now, tzinfo=UTC)  # type: ignore[misc,arg-type]
    assert last_morning(at, zone) == datetime(*morning, tzinfo=UTC)  # type: ignore[misc,arg-type]
