"""Cases for those who run or audit a study."""

from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_on_case, members_who_may
from api.casefile import CaseDetailOut, CaseOut, case_detail
from api.fields import Input
from api.origins import acting_as
from api.pagination import Cursor
from api.timeline import EventOut
from audit.models import Event
from workflow.access import cases_open_to
from workflow.acting import Acting
from workflow.counted import STUDIED
from workflow.models import Case
from workflow.permissions import Kind, Verb, may
from workflow.queries import told
from workflow.seeing import saw_case, saw_lists
from workflow.states import State

from .base import View, operation

OFFERED = (*STUDIED, Case.Purpose.REFERENCE)


class CaseFilter(Input):
    """Which cases: each parameter narrows the list; `state`, `split` and `purpose` may be given several times."""

    project = serializers.SlugField(required=False)
    state = serializers.MultipleChoiceField(choices=[state.value for state in State], required=False)
    split = serializers.MultipleChoiceField(choices=Case.Split.choices, required=False)
    purpose = serializers.MultipleChoiceField(choices=OFFERED, required=False)
    wave = serializers.UUIDField(required=False)
    held = serializers.BooleanField(required=False, allow_null=True, default=None)
    external_ref = serializers.CharField(required=False, max_length=200)
    cursor = serializers.CharField(required=False)
    page_size = serializers.CharField(required=False)


class Cases(View):
    """The cases that the person who asks may see."""

    pagination_class = Cursor

    @operation(operation_id="list_cases", parameters=[CaseFilter], responses=CaseOut(many=True))
    def get(self, request: Request) -> Response:
        """Cases, oldest first. Those in which you play a part yourself are left out until they are final."""
        asked = self.asked(request, CaseFilter)
        members = members_who_may(request, Verb.SEE, Kind.CASE, asked.get("project"))
        patients_of = {m.project_id for m in members if may(m, Verb.SEE, Kind.PATIENT_KEY)}
        saw_lists(members, Kind.CASE, partial(acting_as, request))
        rows = cases_open_to(members).filter(**_conditions(asked)).select_related("project")
        return self.page(request, rows, CaseOut, patients_of=patients_of)


class CaseDetail(View):
    """One case."""

    @operation(operation_id="get_case", responses=CaseDetailOut)
    def get(self, request: Request, case_id: UUID) -> Response:
        """A case in full: its rounds, the label in force, the work that is open."""
        acting = acting_on_case(request, case_id, Verb.SEE)
        saw_case(acting, case_id)
        return shown(acting, case_id)


class Timeline(View):
    """What happened to a case."""

    pagination_class = Cursor
    ordering: ClassVar[tuple[str, ...]] = ("stream_seq",)

    @operation(operation_id="get_case_timeline", responses=EventOut(many=True))
    def get(self, request: Request, case_id: UUID) -> Response:
        """Every event of the case's chain, oldest first."""
        acting = acting_on_case(request, case_id, Verb.SEE, Kind.TIMELINE)
        cursor = Cursor()
        saw_case(acting, case_id)
        events = cursor.paginate_queryset(Event.objects.filter(stream_id=case_id), request, view=self)
        told_events = told(acting.person().project, events)
        return cursor.get_paginated_response(EventOut(told_events, many=True).data)


def shown(acting: Acting, case_id: UUID) -> Response:
    """The case in full, with its patient for those who may see it."""
    with_patient = bool(may(acting.person(), Verb.SEE, Kind.PATIENT_KEY))
    case = Case.objects.select_related("project").get(pk=case_id)
    return Response(case_detail(case, with_patient=with_patient))


def _conditions(asked: dict[str, Any]) -> dict[str, Any]:
    conditions: dict[str, Any] = {
        f"{name}__in": asked[name] for name in ("state", "split", "purpose") if asked.get(name)
    }
    if asked["held"] is not None:
        conditions["held"] = asked["held"]
    if "wave" in asked:
        conditions["wave"] = asked["wave"]
    if "external_ref" in asked:
        conditions["external_ref"] = asked["external_ref"]
    return conditions
