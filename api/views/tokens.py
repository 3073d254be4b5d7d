"""Signing in for programs: a token for a name and a password, or for a token; listed and revoked by its person."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import authenticate
from django.db.models import Q, QuerySet
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from accounts.models import Token, User
from accounts.scopes import WHOLE, Scope
from accounts.tokens import WiderThanItself, issue, revoke
from api.access import person, scope_of
from api.authentication import CHALLENGE, bearer
from api.fields import Text, Whole
from api.idempotency import changing
from api.pagination import Cursor
from api.refusals import BadSignIn, OwnPasswordNeeded, SecondFactorNeeded
from api.throttles import ByAddress, ByName
from api.tokenfile import NewTokenOut, ScopeIn, TokenOut, asked_scope
from workflow.access import Caller, memberships_of
from workflow.errors import InvalidInput, NotFound, TokenScope

from .base import View, operation


class SignIn(ScopeIn):
    """Who wants a token, under which name it is listed, for how many days, and what it is limited to.

    Without name and password: one that may no more than the bearer token of the request, and ends with it.
    """

    username = Text(max_length=150, required=False)
    password = Text(max_length=1000, required=False, trim_whitespace=False, style={"input_type": "password"})
    name = Text(max_length=80, required=False, default="token")
    days = Whole(min_value=1, max_value=settings.TOKEN_DAYS, required=False, default=settings.TOKEN_DAYS)


class Tokens(View):
    """A person's tokens, and the way in."""

    pagination_class = Cursor

    def is_way_in(self) -> bool:
        """Whether this is the request that needs no token yet."""
        return getattr(self.request, "method", None) == "POST"

    def get_authenticators(self) -> list[BaseAuthentication]:
        """None for the way in: an old token or cookie must not stand in its way."""
        return [] if self.is_way_in() else super().get_authenticators()

    def get_permissions(self) -> Any:
        """Anybody may try to come in."""
        return [AllowAny()] if self.is_way_in() else super().get_permissions()

    def get_throttles(self) -> list[BaseThrottle]:
        """Only so often."""
        return [ByAddress(), ByName()] if self.is_way_in() else []

    def get_authenticate_header(self, request: Request) -> str:
        """What WWW-Authenticate says, also on the way in."""
        return CHALLENGE

    @operation(operation_id="list_tokens", responses=TokenOut(many=True))
    def get(self, request: Request) -> Response:
        """Your tokens without their secrets; a token that is limited sees itself and what it made."""
        return self.page(request, _seen(request), TokenOut)

    @operation(operation_id="create_token", request=SignIn, responses={201: NewTokenOut})
    def post(self, request: Request) -> Response:
        """A token for a name and a password, or for a bearer token, which makes none that may more than itself.

        It is shown once, so this request takes no Idempotency-Key.
        """
        given = self.given(request, SignIn)
        user, by = _who_asks(request, given)
        scope = asked_scope(given, by.scope if by else WHOLE)
        _check_projects(user, scope)
        try:
            lasts = timedelta(days=given["days"])
            token, text = issue(user=user, name=given["name"], lasts=lasts, scope=scope, by=by)
        except WiderThanItself:
            assert by is not None
            raise TokenScope(f"{by.scope.sentence()} So it can't make one that may more.") from None
        return Response({**TokenOut(token).data, "token": text}, status=201)


class RevokeToken(View):
    """The end of a token."""

    @operation(operation_id="revoke_token", request=None, responses=TokenOut)
    @changing
    def post(self, request: Request, token_id: UUID) -> Response:
        """Revoke a token of your own and all that it made, for ever; doing it again changes nothing.

        A token that is limited revokes itself and what it made.
        """
        if not _seen(request).filter(pk=token_id).exists():
            if Token.objects.filter(pk=token_id, user=person(request)).exists():
                raise TokenScope(f"{scope_of(request).sentence()} It revokes itself, and no other.")
            raise NotFound("You have no such token.")
        return Response(TokenOut(revoke(user=person(request), token_id=token_id)).data)


def _seen(request: Request) -> QuerySet[Token]:
    rows, asking = Token.objects.filter(user=person(request)), request.auth
    limited = isinstance(asking, Token) and scope_of(request) != WHOLE
    return rows.filter(Q(pk=asking.pk) | Q(made_by=asking)) if limited else rows


def _who_asks(request: Request, given: dict[str, Any]) -> tuple[User, Token | None]:
    """The person by their name and password, else by their token; also the token that must not be exceeded."""
    if "username" in given or "password" in given:
        user = _signed_in(request, given)
        return user, _of(user, request)
    by = bearer(request)
    if by is None:
        raise BadSignIn("Send a name and a password, or a bearer token.")
    return by.user, by


def _signed_in(request: Request, given: dict[str, Any]) -> User:
    name, password = given.get("username", ""), given.get("password", "")
    user = authenticate(request._request, username=name, password=password)
    if not isinstance(user, User):
        raise BadSignIn()
    if user.password_is_one_time:
        raise OwnPasswordNeeded()
    if is_mfa_enabled(user):
        raise SecondFactorNeeded()
    return user


def _of(user: User, request: Request) -> Token | None:
    """The limited token of the same person that came along with the password; an old one doesn't matter."""
    try:
        by = bearer(request)
    except AuthenticationFailed:
        return None
    return by if by is not None and by.user == user and by.scope != WHOLE else None


def _check_projects(user: User, scope: Scope) -> None:
    mine = {m.project.slug for m in memberships_of(Caller(user.pk, WHOLE))}
    if unknown := sorted((scope.projects or set()) - mine):
        message = f"You are in no project {', '.join(unknown)}."
        raise InvalidInput([{"path": "/projects", "code": "unknown_project", "message": message}])
