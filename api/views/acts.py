"""What the holder of a task does with it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_at_work, acting_on_task
from api.fields import Whole
from api.idempotency import acting_once, changing
from api.results import (
    CommitIn,
    DecisionIn,
    DraftIn,
    ReadIn,
    SkipIn,
    SubmitIn,
    TokenIn,
    VerdictIn,
    checked,
    form_of,
)
from api.worksheet import TaskDetailOut, task_detail
from audit.log import Reason
from tasks import committing, completing, drafts, leases
from tasks.errors import LeaseLost
from workflow.permissions import Kind, Verb

from .base import View, operation


class LeaseOut(serializers.Serializer[Any]):
    """Until when the task is yours."""

    lease_until = serializers.DateTimeField()


class BeatIn(TokenIn):
    """The lease's token, and for how long nothing was done at the task."""

    idle_seconds = Whole(
        required=False, default=0, min_value=0, max_value=86_400,
        help_text="Seconds since the last thing that the person did. The lease lasts from then.",
    )  # fmt: skip


class SavedOut(serializers.Serializer[Any]):
    """The draft's new version; send it with the next save."""

    version = serializers.IntegerField()
    saved_at = serializers.DateTimeField()


class GoneOut(serializers.Serializer[Any]):
    """The task that is no longer in your hands."""

    id = serializers.UUIDField()


@extend_schema_serializer(component_name="SubmitIn")
class SubmitDoc(TokenIn):
    """The lease's token, and the result: labels, a verdict or a decision, by the task's kind and step."""

    result = PolymorphicProxySerializer(
        component_name="Result", serializers=[ReadIn, VerdictIn, DecisionIn], resource_type_field_name=None
    )


class Heartbeat(View):
    """Still at it."""

    @operation(operation_id="renew_task_lease", request=BeatIn, responses=LeaseOut)
    def post(self, request: Request, task_id: UUID) -> Response:
        """Extend the lease. A repeat only extends it again, so no answer is kept for an Idempotency-Key."""
        acting = acting_at_work(request, task_id, Verb.WORK)
        given = self.given(request, BeatIn)
        idle = timedelta(seconds=given["idle_seconds"])
        try:
            until = leases.heartbeat(acting=acting, task_id=task_id, token=given["token"], idle=idle)
        except LeaseLost:
            acting_on_task(request, task_id, Verb.WORK)  # NotFound if it is a task of another project
            raise
        return Response(LeaseOut({"lease_until": until}).data)


class SaveDraft(View):
    """Nothing typed is lost."""

    @operation(operation_id="save_task_draft", request=DraftIn, responses=SavedOut)
    @changing
    def post(self, request: Request, task_id: UUID) -> Response:
        """Keep what was typed so far."""
        acting = acting_on_task(request, task_id, Verb.WORK)
        draft = drafts.save_draft(acting=acting, task_id=task_id, **self.given(request, DraftIn))
        return Response(SavedOut(draft).data)


class Commit(View):
    """What I say alone."""

    @operation(operation_id="commit_task", request=CommitIn, responses=TaskDetailOut)
    @acting_once
    def post(self, request: Request, task_id: UUID) -> Response:
        """Keep your own read, where a model's marks are shown after it. The task stays yours, and now shows them."""
        acting = acting_at_work(request, task_id, Verb.WORK)
        given = self.given(request, CommitIn)
        return Response(task_detail(*committing.commit_told(acting=acting, task_id=task_id, **given)))


class Submit(View):
    """Done."""

    @operation(operation_id="submit_task", request=SubmitDoc, responses=TaskDetailOut)
    @acting_once
    def post(self, request: Request, task_id: UUID) -> Response:
        """Finish a task. After an arbiter's first look it stays yours, and now shows the reads."""
        acting = acting_at_work(request, task_id, Verb.WORK)
        given = self.given(request, SubmitIn)
        unit, task = completing.submit_told(
            acting=acting,
            task_id=task_id,
            token=given["token"],
            result_for=lambda kind, first: checked(form_of(kind, first_look=first), given["result"]),
        )
        return Response(task_detail(unit, task))


class Release(View):
    """Not now."""

    @operation(operation_id="release_task", request=TokenIn, responses=GoneOut)
    @changing
    def post(self, request: Request, task_id: UUID) -> Response:
        """Give a task back unfinished; the draft is kept."""
        acting = acting_on_task(request, task_id, Verb.WORK, Kind.LETTING_GO)
        leases.release(acting=acting, task_id=task_id, **self.given(request, TokenIn))
        return Response(GoneOut({"id": task_id}).data)


class Skip(View):
    """Not I."""

    @operation(operation_id="skip_task", request=SkipIn, responses=GoneOut)
    @changing
    def post(self, request: Request, task_id: UUID) -> Response:
        """Pass a case on, with a reason; it isn't offered to you again."""
        acting = acting_on_task(request, task_id, Verb.WORK, Kind.LETTING_GO)
        given = self.given(request, SkipIn)
        reason = Reason(given["reason_code"], given["note"])
        leases.skip(acting=acting, task_id=task_id, token=given["token"], reason=reason)
        return Response(GoneOut({"id": task_id}).data)


class Recall(View):
    """Back again."""

    @operation(operation_id="recall_task", request=None, responses=GoneOut)
    @changing
    def post(self, request: Request, task_id: UUID) -> Response:
        """Take back a submitted read, until the next person opens it; it is then reserved for you again."""
        completing.recall(
            acting=acting_on_task(request, task_id, Verb.WORK, Kind.LETTING_GO), task_id=task_id
        )
        return Response(GoneOut({"id": task_id}).data)
