"""Bearer tokens: looked up by their hash, refused once they are expired, revoked or their person is inactive.

A task's own token may also stand in the path of its images. Our own pages come with the session that their person
signed in to.
"""

from collections.abc import Sequence
from typing import Final

from django.db.models import F, QuerySet
from django.utils import timezone
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import TOKEN_PREFIX, Token, User, token_hash
from workflow.models import Membership
from workflow.prepared import Prepared

CHALLENGE = 'Bearer realm="consilium"'
MEMBERSHIPS: Final = "consilium_memberships"  # of the request: its person's, read together with the token
_FIELDS: Final = tuple(field.attname for field in Token._meta.concrete_fields)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer cns_…`; any other scheme is left to the next way of signing in."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """The token's person and the token; None without a bearer token; AuthenticationFailed for a bad one."""
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token, memberships = _valid(text.strip())
        setattr(request._request, MEMBERSHIPS, memberships)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What WWW-Authenticate says."""
        return CHALLENGE


class PathTokenAuthentication(BaseAuthentication):
    """The token of a task in the path, for viewers that can't send a header; one that may more isn't taken there."""

    def authenticate(self, request: Request) -> tuple[User, Token]:
        """The token's person and the token; AuthenticationFailed for a bad one."""
        token, memberships = _valid(request.parser_context["kwargs"]["token"])
        if token.task is None:
            raise AuthenticationFailed("This address isn't known here. Open the case again.", "token_unknown")
        setattr(request._request, MEMBERSHIPS, memberships)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What WWW-Authenticate says."""
        return CHALLENGE


class SessionAuthentication(authentication.SessionAuthentication):
    """Whoever is signed in, if the request carries the token against forgery."""

    def enforce_csrf(self, request: Request) -> None:
        """Refuse a forged request; its body can still be read afterwards."""
        if request.method == "POST":
            _ = (
                request.body
            )  # the check looks for a form, and would leave nothing of a stream that nobody kept
        super().enforce_csrf(request)


def _valid(text: str) -> tuple[Token, tuple[Membership, ...]]:
    token, memberships = _found(text)
    if token is None or not token.user.is_active:
        raise AuthenticationFailed(
            "This token isn't known here. Sign in again to get a new one.", "token_unknown"
        )
    if token.revoked_at is not None:
        raise AuthenticationFailed("This token was revoked. Sign in again to get a new one.", "token_revoked")
    if token.expires_at <= timezone.now():
        raise AuthenticationFailed("This token has expired. Sign in again to get a new one.", "token_expired")
    return token, memberships


def _found(text: str) -> tuple[Token | None, tuple[Membership, ...]]:
    """The token and its person's memberships, in one query for whoever has any."""
    if not (text.startswith(TOKEN_PREFIX) and text.isascii() and len(text) <= 100):
        return None, ()
    sha256 = token_hash(text)
    memberships = tuple(_BY_TOKEN.rows(sha256))
    if memberships:
        return _token_of(memberships), memberships
    return Token.objects.select_related("user").filter(sha256=sha256).first(), ()


def _by_token(sha256: bytes) -> QuerySet[Membership]:
    return (
        Membership.objects.select_related("project__log", "user")
        .filter(user__tokens__sha256=sha256)
        .annotate(**{f"token_{name}": F(f"user__tokens__{name}") for name in _FIELDS})
        .order_by("created_at", "id")
    )


_BY_TOKEN: Final = Prepared(_by_token, bytes)


def _token_of(memberships: Sequence[Membership]) -> Token:
    token = Token.from_db("default", _FIELDS, [getattr(memberships[0], f"token_{name}") for name in _FIELDS])
    token.user = memberships[0].user
    return token


def bearer(request: Request) -> Token | None:
    """The token in the header of a request that needs none; None without one, AuthenticationFailed for a bad one."""
    found = TokenAuthentication().authenticate(request)
    return found[1] if found else None


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document names it."""

    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """A bearer token in the Authorization header."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": f"{TOKEN_PREFIX}…"}


class OwnSessionScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """A session's cookie, in the OpenAPI document."""

    target_class = "api.authentication.SessionAuthentication"
