"""Work is taken out of somebody's hands."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.fields import Id
from api.idempotency import changing
from tasks.taking_back import MOST, take_back
from workflow.permissions import Kind, Verb

from .base import View, operation
from .managing import ReasonIn, reason_of


class WithdrawIn(ReasonIn):
    """Which tasks of a project, and why."""

    project = serializers.SlugField()
    tasks = serializers.ListField(child=Id(), min_length=1, max_length=MOST)


class WithdrawnRow(serializers.Serializer[Any]):
    """What became of one task: taken back, or left alone with a code and a sentence."""

    task = serializers.UUIDField(source="task_id")
    taken = serializers.BooleanField()
    code = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)


class WithdrawnOut(serializers.Serializer[Any]):
    """A row for each task, in the order in which they were named."""

    results = WithdrawnRow(many=True)


class Withdraw(View):
    """Take back."""

    @operation(operation_id="withdraw_tasks", request=WithdrawIn, responses=WithdrawnOut)
    @changing
    def post(self, request: Request) -> Response:
        """Let others have tasks that somebody holds. Their drafts are kept; work that is theirs alone stays theirs."""
        given = self.given(request, WithdrawIn)
        acting = acting_in_project(request, given["project"], Verb.WITHDRAW, Kind.WORKLIST)
        rows = take_back(acting=acting, task_ids=given["tasks"], reason=reason_of(given))
        return Response(WithdrawnOut({"results": rows}).data)
