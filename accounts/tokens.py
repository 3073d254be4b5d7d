"""Bearer tokens: made, and revoked. The secret is told once and never stored."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Token, User, new_token_text, token_hash


def issue(*, user: User, name: str, days: int) -> tuple[Token, str]:
    """A new token and its text, which nobody can read again."""
    text = new_token_text()
    ends = timezone.now() + timedelta(days=days)
    return Token.objects.create(user=user, name=name, sha256=token_hash(text), expires_at=ends), text


def revoke(*, user: UUID, token_id: UUID) -> Token | None:
    """Revoke a token of one's own, now and for ever; doing it again changes nothing. None if there is none."""
    with transaction.atomic():
        token = Token.objects.select_for_update().filter(pk=token_id, user=user).first()
        if token is not None and token.revoked_at is None:
            token.revoked_at = timezone.now()
            token.save(update_fields=["revoked_at"])
        return token
