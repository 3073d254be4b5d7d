"""Notices: a sentence to one person, kept in the database until they have read it; workflow/mailing.py mails them."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from .models import Membership, Notice


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
