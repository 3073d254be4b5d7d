"""Bearer tokens: made, and revoked. The secret is told once and never stored."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Token, User, new_token_text, token_hash
from accounts.scopes import WHOLE, Scope


class WiderThanItself(Exception):
    """A token asked for one that may more than itself, or it was revoked meanwhile."""


def issue(
    *, user: User, name: str, lasts: timedelta, scope: Scope = WHOLE, by: Token | None = None
) -> tuple[Token, str]:
    """A new token and its text, which nobody can read again.

    `by`: the token that asks. What it makes may no more than itself, ends no later, and is revoked with it;
    WiderThanItself otherwise.
    """
    text, now = new_token_text(), timezone.now()
    ends = now + lasts
    with transaction.atomic():
        if by is not None:
            by = Token.objects.select_for_update().get(pk=by.pk)
            if by.revoked_at is not None or not by.scope.covers(scope):
                raise WiderThanItself()
            ends = min(ends, by.expires_at)
        token = Token(
            user=user, name=name, sha256=token_hash(text), created_at=now, expires_at=ends, made_by=by
        )
        token.task, token.lease = scope.task, scope.lease
        token.projects = None if scope.projects is None else sorted(scope.projects)
        token.verbs = None if scope.verbs is None else sorted(scope.verbs)
        token.save(force_insert=True)
    return token, text


def revoke(*, user: UUID, token_id: UUID) -> Token | None:
    """Revoke a token of one's own and all that it made, for ever; None if there is none.

    Doing it again changes nothing.
    """
    with transaction.atomic():
        token = Token.objects.select_for_update().filter(pk=token_id, user=user).first()
        if token is not None and token.revoked_at is None:
            token.revoked_at = timezone.now()
            token.save(update_fields=["revoked_at"])
            for made in token.made.values_list("pk", flat=True):
                revoke(user=user, token_id=made)
        return token
