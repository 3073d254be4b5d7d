"""Notices: a sentence to one person, kept in the database and mailed from there; sending may fail and be repeated."""

import logging
from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from .models import Membership, Notice

AT_ONCE = 100
log = logging.getLogger(__name__)


def tell(
    members: Iterable[Membership], *, kind: str, text: str, link: str = "", urgent: bool = False
) -> list[Notice]:
    """Leave the same sentence for several people; part of the caller's transaction."""
    return Notice.objects.bulk_create(
        [Notice(member=m, kind=kind, text=text, link=link, urgent=urgent) for m in members]
    )


def mark_read(user: UUID, notice_id: UUID | None = None) -> int:
    """Note that a person has read one of their notices, or all of them; returns how many were unread."""
    unread = Notice.objects.filter(member__user=user, read_at=None)
    mine = unread if notice_id is None else unread.filter(pk=notice_id)
    return mine.update(read_at=timezone.now())


def mail_waiting() -> int:
    """Mail the notices that were not mailed yet, oldest first; returns how many were sent.

    Each is a transaction of its own: one that can't be sent is tried again next time and holds up no other.
    """
    waiting = Notice.objects.filter(mailed_at=None).order_by("created_at")
    return sum(_mailed(notice_id) for notice_id in list(waiting.values_list("pk", flat=True)[:AT_ONCE]))


def _mailed(notice_id: UUID) -> bool:
    with transaction.atomic():
        locked = Notice.objects.select_for_update(skip_locked=True, of=("self",))
        notice = (
            locked.select_related("member__user", "member__project")
            .filter(pk=notice_id, mailed_at=None)
            .first()
        )
        if notice is None:
            return False
        has_address = bool(notice.member.user.email)
        try:
            if has_address:
                _mail(notice)
        except OSError:  # smtplib's errors are OSErrors
            log.warning("a notice could not be mailed; it is tried again", exc_info=True)
            return False
        notice.mailed_at = timezone.now()
        notice.save(update_fields=["mailed_at"])
    return has_address


def _mail(notice: Notice) -> None:
    # No case, no patient, no label in a mail: it leaves the house.
    urgent = "URGENT: " if notice.urgent else ""
    send_mail(
        f"{urgent}Consilium, {notice.member.project.name}",
        f"{notice.text}\n\nSign in to see it.\n",
        settings.DEFAULT_FROM_EMAIL,
        [notice.member.user.email],
    )
