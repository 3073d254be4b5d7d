"""Signing in for programs: a token for a name and a password, shown once; listed and revoked by its person."""

from typing import Any
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import authenticate
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from accounts.models import Token, User
from accounts.tokens import issue, revoke
from api.access import person
from api.fields import Input, Text, Whole
from api.idempotency import changing
from api.pagination import Cursor
from api.refusals import BadSignIn, SecondFactorNeeded
from api.throttles import ByAddress, ByName
from workflow.errors import NotFound

from .base import View, operation


class SignIn(Input):
    """Who wants a token, under which name it is listed, and for how many days."""

    username = Text(max_length=150)
    password = Text(max_length=1000, trim_whitespace=False, style={"input_type": "password"})
    name = Text(max_length=80, required=False, default="token")
    days = Whole(min_value=1, max_value=settings.TOKEN_DAYS, required=False, default=settings.TOKEN_DAYS)


class TokenOut(serializers.ModelSerializer[Token]):
    """A token without its secret."""

    class Meta:
        model = Token
        fields: tuple[str, ...] = ("id", "name", "created_at", "expires_at", "revoked_at")


class NewTokenOut(TokenOut):
    """A token with its secret, which is shown this once."""

    token = serializers.CharField()

    class Meta(TokenOut.Meta):
        fields = (*TokenOut.Meta.fields, "token")


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

    @operation(operation_id="list_tokens", responses=TokenOut(many=True))
    def get(self, request: Request) -> Response:
        """The tokens of the person who asks, without their secrets."""
        return self.page(request, Token.objects.filter(user=request.user.pk), TokenOut)

    @operation(operation_id="create_token", request=SignIn, responses={201: NewTokenOut})
    def post(self, request: Request) -> Response:
        """A token for a name and a password. It is shown once, so this request takes no Idempotency-Key."""
        given = self.given(request, SignIn)
        user = authenticate(request._request, username=given["username"], password=given["password"])
        if not isinstance(user, User):
            raise BadSignIn()
        if is_mfa_enabled(user):
            raise SecondFactorNeeded()
        token, text = issue(user=user, name=given["name"], days=given["days"])
        return Response({**TokenOut(token).data, "token": text}, status=201)


class RevokeToken(View):
    """The end of a token."""

    @operation(operation_id="revoke_token", request=None, responses=TokenOut)
    @changing
    def post(self, request: Request, token_id: UUID) -> Response:
        """Revoke a token of one's own, now and for ever; doing it again changes nothing."""
        token = revoke(user=person(request), token_id=token_id)
        if token is None:
            raise NotFound("You have no such token.")
        return Response(TokenOut(token).data)
