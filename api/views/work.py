"""Tasks: claim one, hold it, save, finish, pass on."""

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_on_task, in_order_of_taking, members_who_may, tasks_open_to
from api.fields import Input
from api.idempotency import acting_once
from api.origins import acting_as
from api.pagination import Cursor
from api.worksheet import TaskDetailOut, WorklistOut, task_detail
from tasks.models import Task
from tasks.numbers import with_case_number
from tasks.starting import Nothing, start_next
from workflow.acting import Acting
from workflow.errors import NotFound
from workflow.permissions import Kind, Verb
from workflow.seeing import saw
from workflow.unit import CaseUnit

from .base import View, operation

WHY = "X-Consilium-Why"
NO_ROLE = "You hold no role in any project that takes up work."


class TaskFilter(Input):
    """Which tasks: each parameter narrows the list; `status` and `kind` may be given several times."""

    mine = serializers.BooleanField(required=False, default=False)
    project = serializers.SlugField(required=False)
    status = serializers.MultipleChoiceField(choices=Task.Status.choices, required=False)
    kind = serializers.MultipleChoiceField(choices=Task.Kind.choices, required=False)
    cursor = serializers.CharField(required=False)
    page_size = serializers.CharField(required=False)


class ClaimIn(Input):
    """In which project, and which kinds of work; all by default."""

    project = serializers.SlugField(required=False)
    kinds = serializers.ListField(
        child=serializers.ChoiceField(Task.Kind.choices), required=False, min_length=1
    )


class Tasks(View):
    """Tasks in a list."""

    pagination_class = Cursor
    ordering: ClassVar[tuple[str, ...]] = ("opened_at", "id")

    @operation(operation_id="list_tasks", parameters=[TaskFilter], responses=WorklistOut(many=True))
    def get(self, request: Request) -> Response:
        """Your own tasks; for managers and auditors everybody's, unless `mine` is asked for."""
        asked = self.asked(request, TaskFilter)
        members = members_who_may(request, Verb.SEE, Kind.PROJECT, asked.get("project"))
        rows = tasks_open_to(members, mine=asked["mine"])
        conditions = {f"{name}__in": asked[name] for name in ("status", "kind") if asked.get(name)}
        rows = with_case_number(rows.filter(**conditions)).select_related("case__project", "holder", "event")
        rows, order = in_order_of_taking(rows, members)
        return self.page(request, rows, WorklistOut, order, members={m.pk for m in members})


class Claim(View):
    """Start next."""

    @operation(
        operation_id="claim_task",
        request=ClaimIn,
        responses={
            200: TaskDetailOut,
            204: OpenApiResponse(description="There is none; the header says why."),
        },
        parameters=[
            OpenApiParameter(WHY, str, OpenApiParameter.HEADER, response=[204], description="Why not.")
        ],
    )
    @acting_once
    def post(self, request: Request) -> Response:
        """The best task for you now, leased to you; a task that you hold already comes first."""
        given = self.given(request, ClaimIn)
        members = members_who_may(request, Verb.CLAIM, Kind.TASK, given.get("project"))
        actings = [acting_as(request, member, member.roles[0]) for member in members]
        found = start_next(actings, given.get("kinds"))
        if not isinstance(found, Nothing):
            return Response(task_detail(found.unit, found.task, new_to_it=found.new_to_it))
        reasons = [f"{acting.person().project.slug}: {why.sentence()}" for acting, why in found.reasons]
        why = " ".join(reasons) or NO_ROLE
        return Response(status=204, headers={WHY: why.encode("ascii", "replace").decode()})


class TaskDetail(View):
    """One task."""

    @operation(operation_id="get_task", responses=TaskDetailOut)
    def get(self, request: Request, task_id: UUID) -> Response:
        """A task of yours, with its guideline, label schema, material and draft."""
        return detail(acting_on_task(request, task_id, Verb.SEE), task_id)


def detail(acting: Acting, task_id: UUID) -> Response:
    """A task of the person who acts; NotFound for anybody else's."""
    own = Task.objects.filter(pk=task_id, holder=acting.person())
    task = with_case_number(own).select_related("case__project__log", "holder").first()
    if task is None:
        raise NotFound("You have no such task.")
    saw(acting, "record", case_id=task.case_id, task_id=task_id)
    return Response(task_detail(CaseUnit(acting, task.case), task))
