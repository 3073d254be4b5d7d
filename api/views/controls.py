"""Controls: cases whose answer is known, mixed into readers' work, and how readers do on them."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.fields import AnyObject, Id, Input, Text, Whole, reason_code
from api.idempotency import changing
from audit.log import Reason
from workflow.errors import NotFound
from workflow.models import Case, GoldItem, Project
from workflow.permissions import Kind, Verb
from workflow.probes.gold import add_gold, item_of, retire_gold
from workflow.probes.seeing import controls_of, readers_of

from .base import View, operation


class ControlIn(Input):
    """A final case, known by its released label; or one that was registered as a control, with its labels."""

    case = Id()
    labels = AnyObject(required=False, allow_null=True, default=None)
    use = serializers.ChoiceField(GoldItem.Use.choices, required=False, default=GoldItem.Use.GOLD)
    position = Whole(required=False, default=0, min_value=0, max_value=10_000, help_text="In calibration.")
    reasoning = Text(required=False, allow_blank=True, default="", max_length=4000)


class RetireIn(Input):
    """Why."""

    reason_code = reason_code()
    note = Text(max_length=4000, required=False, allow_blank=True, default="")


class ControlOut(serializers.Serializer[Any]):
    """A control: to how many it was shown, and how many of the scored answered as known."""

    id = serializers.UUIDField(source="item.pk")
    case = serializers.UUIDField(source="item.source_case_id")
    use = serializers.ChoiceField(GoldItem.Use.choices, source="item.use")
    retired = serializers.SerializerMethodField()
    digest = serializers.CharField(source="item.content_id")
    shown = serializers.IntegerField()
    scored = serializers.IntegerField()
    passed = serializers.IntegerField()

    def get_retired(self, row: Any) -> bool:
        """Whether it is shown to nobody any more."""
        return row.item.retired_event_id is not None


class StandingOut(serializers.Serializer[Any]):
    """How a reader stands: `agreed` of the last `of` controls, with the Wilson interval (null before the first)."""

    reader = serializers.CharField(source="member.actor_id", help_text="Their name in the log.")
    agreed = serializers.IntegerField(source="standing.agreed")
    of = serializers.IntegerField(source="standing.of")
    interval = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, source="standing.interval"
    )
    low = serializers.BooleanField(source="standing.low")
    repeats = serializers.IntegerField()
    repeats_agreed = serializers.IntegerField()


class ControlsOut(serializers.Serializer[Any]):
    """Every control of a project, and how its readers stand."""

    controls = ControlOut(many=True)
    readers = StandingOut(many=True)


class Controls(View):
    """The controls of a project."""

    problems: ClassVar = frozenset({409})

    @operation(operation_id="list_controls", responses=ControlsOut)
    def get(self, request: Request, slug: str) -> Response:
        """Every control, and how readers stand; closed to managers who read themselves."""
        return _all(acting_in_project(request, slug, Verb.SEE, Kind.CONTROL).person().project)

    @operation(operation_id="add_control", request=ControlIn, responses=ControlsOut)
    @changing
    def post(self, request: Request, slug: str) -> Response:
        """Make a case a control, with what is known of it."""
        acting = acting_in_project(request, slug, Verb.PLAN, Kind.CONTROL)
        given, project = self.given(request, ControlIn), acting.person().project
        case = (
            Case.objects.select_related("project__log").filter(project=project, pk=given.pop("case")).first()
        )
        if case is None:
            raise NotFound("There is no such case in this project.")
        add_gold(acting=acting, case=case, **given)
        return _all(project)


class RetireControl(View):
    """Retiring a control."""

    problems: ClassVar = frozenset({409})

    @operation(operation_id="retire_control", request=RetireIn, responses=ControlsOut)
    @changing
    def post(self, request: Request, slug: str, control_id: UUID) -> Response:
        """Show a control to nobody else; what was shown and scored stays."""
        acting = acting_in_project(request, slug, Verb.PLAN, Kind.CONTROL)
        given, project = self.given(request, RetireIn), acting.person().project
        reason = Reason(given["reason_code"], given["note"])
        retire_gold(acting=acting, item=item_of(project, control_id), reason=reason)
        return _all(project)


def _all(project: Project) -> Response:
    return Response(ControlsOut({"controls": controls_of(project), "readers": readers_of(project)}).data)
