"""Notices by mail: at once, once a day, or never, as each person chose; what is urgent always at once.

Everything is found in the database: what can't be sent is tried again, and holds up nobody else's.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Preference
from accounts.preferences import prefer, preference

from .models import Notice

PREFERENCE: Final = "notices.mail"
MORNING: Final = time(7)  # of the day on which a digest is sent, in the project's time zone
AT_ONCE: Final = 100  # mails of one run
log = logging.getLogger(__name__)


class Manner(StrEnum):
    """How somebody likes to be mailed."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


def manner_of(user: UUID) -> Manner:
    """What a person chose; at once, if they chose nothing."""
    chosen = preference(user, PREFERENCE)
    return Manner(chosen) if chosen in list(Manner) else Manner.AT_ONCE


def choose_manner(*, user: UUID, manner: Manner) -> None:
    """From now on a person is mailed so."""
    prefer(user=user, name=PREFERENCE, value=str(manner))


def mail_waiting() -> int:
    """Mail what is due, the oldest first; returns how many mails were sent."""
    waiting = Notice.objects.filter(mailed_at=None)
    unhurried = waiting.filter(urgent=False)
    unhurried.filter(member__user__in=_who_chose(Manner.NEVER)).update(mailed_at=timezone.now())
    daily = unhurried.filter(member__user__in=_who_chose(Manner.DAILY))
    soon = waiting.exclude(pk__in=daily.values("pk")).order_by("created_at")
    sent = sum(_mailed([notice]) for notice in list(soon.values_list("pk", flat=True)[:AT_ONCE]))
    return sent + sum(_mailed(notices) for notices in _digests(daily))


def _who_chose(manner: Manner) -> QuerySet[Preference, UUID]:
    return Preference.objects.filter(name=PREFERENCE, value=str(manner)).values_list("user", flat=True)


def _digests(daily: QuerySet[Notice]) -> list[list[UUID]]:
    """The notices of each person whose morning has come since the first of them."""
    by_person: dict[UUID, list[UUID]] = {}
    now = timezone.now()
    rows = daily.order_by("created_at").values_list(
        "pk", "member__user", "created_at", "member__project__time_zone"
    )
    for pk, user, created, zone in rows.iterator():
        if user in by_person or created < last_morning(now, zone):
            by_person.setdefault(user, []).append(pk)
    return list(by_person.values())[:AT_ONCE]


def last_morning(now: datetime, zone: str) -> datetime:
    """The last time that it was MORNING in this zone."""
    here = now.astimezone(ZoneInfo(zone))
    day = here.date() if here.time() >= MORNING else here.date() - timedelta(days=1)
    return datetime.combine(day, MORNING, ZoneInfo(zone))


def _mailed(pks: Sequence[UUID]) -> bool:
    """Mail notices of one person together, in a transaction of its own; whether a mail was sent."""
    with transaction.atomic():
        locked = Notice.objects.select_for_update(skip_locked=True, of=("self",)).order_by("created_at")
        notices = list(
            locked.select_related("member__user", "member__project").filter(pk__in=pks, mailed_at=None)
        )
        if not notices:
            return False
        has_address = bool(notices[0].member.user.email)
        try:
            if has_address:
                _mail(notices)
        except OSError:  # smtplib's errors are OSErrors
            log.warning("notices could not be mailed; they are tried again", exc_info=True)
            return False
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mailed_at=timezone.now())
    return has_address


def _mail(notices: Sequence[Notice]) -> None:
    # No case, no patient, no label in a mail: it leaves the house.
    [first, *more] = notices
    if more:
        subject = f"Consilium: {len(notices)} notices"
        text = "\n".join(f"- {one.member.project.name}: {one.text}" for one in notices)
        text += "\n\nSign in to see them.\n"
    else:
        subject = f"{'URGENT: ' if first.urgent else ''}Consilium, {first.member.project.name}"
        text = f"{first.text}\n\nSign in to see it.\n"
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [first.member.user.email])
