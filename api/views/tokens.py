"""Signing in for programs: a token for a name and a password, shown once; listed and revoked by its person."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Token, User, new_token_text, token_hash
from workflow.errors import NotFound

from ..fields import Input, Text, Whole
from ..idempotency import changing
from ..pagination import Cursor
from ..throttles import ByAddress, ByName
from .base import View, operation

SIGN_IN_FAILED = "The name and the password don't fit together, or the person is no longer active."


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
        fields = ("id", "name", "created_at", "expires_at", "revoked_at")


class NewTokenOut(TokenOut):
    """A token with its secret, which is shown this once."""

    token = serializers.CharField()

    class Meta(TokenOut.Meta):
        fields = (*TokenOut.Meta.fields, "token")


class Tokens(View):
    """A person's tokens."""

    pagination_class = Cursor

    @operation(operation_id="list_tokens", responses=TokenOut(many=True))
    def get(self, request: Request) -> Response:
        """The tokens of the person who asks, without their secrets."""
        return self.page(request, Token.objects.filter(user=request.user.pk), TokenOut)


class SignInView(View):
    """The way in."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (ByAddress, ByName)
    other_problems = (401, 429)

    @operation(operation_id="create_token", request=SignIn, responses={201: NewTokenOut})
    def post(self, request: Request) -> Response:
        """A token for a name and a password. It is shown once, so this request takes no Idempotency-Key."""
        given = self.given(request, SignIn)
        user = authenticate(request._request, username=given["username"], password=given["password"])
        if not isinstance(user, User):
            raise AuthenticationFailed(SIGN_IN_FAILED, "bad_sign_in")
        return Response(_new_token(user, given["name"], given["days"]), status=201)


class RevokeToken(View):
    """The end of a token."""

    @operation(operation_id="revoke_token", request=None, responses=OpenApiResponse(TokenOut))
    @changing
    def post(self, request: Request, token_id: UUID) -> Response:
        """Revoke a token of one's own, now and for ever; doing it again changes nothing."""
        token = Token.objects.select_for_update().filter(pk=token_id, user=request.user.pk).first()
        if token is None:
            raise NotFound("You have no such token.")
        if token.revoked_at is None:
            token.revoked_at = timezone.now()
            token.save(update_fields=["revoked_at"])
        return Response(TokenOut(token).data)


def _new_token(user: User, name: str, days: int) -> dict[str, Any]:
    text = new_token_text()
    token = Token.objects.create(
        user=user, name=name, sha256=token_hash(text), expires_at=timezone.now() + timedelta(days=days)
    )
    return {**TokenOut(token).data, "token": text}
