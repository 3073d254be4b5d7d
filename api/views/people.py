"""Who is asking."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Token, User
from api.access import memberships_of
from api.tokenfile import TokenOut
from workflow.models import Membership

from .base import View, operation


class MembershipOut(serializers.ModelSerializer[Membership]):
    """A person's roles in a project."""

    project = serializers.CharField(source="project.slug")
    project_name = serializers.CharField(source="project.name")
    roles = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Membership
        fields = ("project", "project_name", "roles", "status", "site", "capacity_per_day")


class MeOut(serializers.ModelSerializer[User]):
    """The person who asks, with their memberships and the token that they came with."""

    name = serializers.CharField(source="get_full_name")
    memberships = serializers.SerializerMethodField()
    token = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "username", "name", "memberships", "token")

    @extend_schema_field(MembershipOut(many=True))
    def get_memberships(self, user: User) -> list[dict[str, Any]]:
        """Every project that they are in, as far as the token is for it. One query."""
        mine = memberships_of(self.context["request"])
        return list(MembershipOut([m for m in mine if m.status != Membership.Status.LEFT], many=True).data)

    @extend_schema_field(TokenOut(allow_null=True))
    def get_token(self, user: User) -> dict[str, Any] | None:
        """The token of this request and what it is limited to; null for somebody who is signed in."""
        token = self.context["request"].auth
        return dict(TokenOut(token).data) if isinstance(token, Token) else None


class Me(View):
    """The person who asks."""

    @operation(operation_id="me", responses=MeOut)
    def get(self, request: Request) -> Response:
        """Who you are, what you are in which project, and what your token may do."""
        return Response(MeOut(cast(User, request.user), context={"request": request}).data)
