"""Who is asking."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
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
    """The person who asks, with their memberships."""

    name = serializers.CharField(source="get_full_name")
    memberships = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "username", "name", "memberships")

    @extend_schema_field(MembershipOut(many=True))
    def get_memberships(self, user: User) -> list[dict[str, Any]]:
        """Every project that they are in. One query."""
        rows = Membership.objects.filter(user=user).exclude(status=Membership.Status.LEFT)
        return list(
            MembershipOut(rows.select_related("project").order_by("created_at", "id"), many=True).data
        )


class Me(View):
    """The person who asks."""

    @operation(operation_id="me", responses=MeOut)
    def get(self, request: Request) -> Response:
        """Who you are, and what you are in which project."""
        return Response(MeOut(cast(User, request.user)).data)
