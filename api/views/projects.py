"""Projects, and the registering of their cases."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project, projects_open_to
from api.fields import AnyObject, Input, Text, Truth, Whole
from api.idempotency import changing
from api.pagination import Cursor
from tasks.cases import register
from workflow.intake import MOST_AT_ONCE, NewCase
from workflow.models import Acknowledgement, GuidelineVersion, Project, ProtocolVersion
from workflow.permissions import Kind, Verb

from .base import View, operation


class ProjectOut(serializers.ModelSerializer[Project]):
    """A project."""

    class Meta:
        model = Project
        fields: tuple[str, ...] = ("slug", "name", "description", "time_zone", "created_at")


class InForceOut(serializers.Serializer[Any]):
    """The version that is published now."""

    number = serializers.IntegerField()
    digest = serializers.CharField(source="content_id")


class ProjectDetailOut(ProjectOut):
    """A project with what is in force in it, and the person's roles."""

    roles = serializers.ListField(child=serializers.CharField())
    guideline = InForceOut(allow_null=True)
    guideline_acknowledged = serializers.BooleanField()
    protocol = InForceOut(allow_null=True)

    class Meta(ProjectOut.Meta):
        fields = (*ProjectOut.Meta.fields, "roles", "guideline", "guideline_acknowledged", "protocol")


class NewCaseIn(Input):
    """A case to register; patient and split are fixed for ever. What its values must be, intake says row by row."""

    external_ref = Text(allow_blank=True, trim_whitespace=False)
    patient_key = Text(allow_blank=True, trim_whitespace=False)
    split = Text(allow_blank=True, trim_whitespace=False, help_text="train, tune or test")
    strata = AnyObject(required=False, default=dict)
    shown = AnyObject(required=False, default=dict, help_text="What readers see beside the images.")
    priority = Whole(required=False, default=0, help_text="-100 to 100")
    needs = serializers.ListField(
        child=Text(max_length=100),
        required=False,
        default=list,
        help_text="Who may work on it: specialty:neuroradiology, modality:MR, body_part:BRAIN.",
    )
    wave = Text(
        required=False,
        allow_blank=True,
        default="",
        help_text="The name of a wave: begin with the others of it.",
    )
    control = Truth(
        required=False,
        default=False,
        help_text="Known beforehand: shown to readers as a control, never counted.",
    )


class NewCasesIn(Input):
    """Up to 1000 cases."""

    cases = serializers.ListField(child=NewCaseIn(), allow_empty=False, max_length=MOST_AT_ONCE)


class RowFaultOut(serializers.Serializer[Any]):
    """What is wrong with a row."""

    path = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class RowOut(serializers.Serializer[Any]):
    """What became of a row: registered, exists (the same was there already), or refused with its faults."""

    external_ref = serializers.CharField()
    result = serializers.ChoiceField(["registered", "exists", "refused"])
    case_id = serializers.UUIDField(allow_null=True)
    faults = RowFaultOut(many=True)


class RowsOut(serializers.Serializer[Any]):
    """A result for every row, in the order of the request."""

    rows = RowOut(many=True)


class Projects(View):
    """The projects of the person who asks."""

    pagination_class = Cursor

    @operation(operation_id="list_projects", responses=ProjectOut(many=True))
    def get(self, request: Request) -> Response:
        """The projects that you are in."""
        return self.page(request, projects_open_to(request), ProjectOut)


class ProjectDetail(View):
    """One project."""

    @operation(operation_id="get_project", responses=ProjectDetailOut)
    def get(self, request: Request, slug: str) -> Response:
        """A project: what is in force, and what you are in it."""
        member = acting_in_project(request, slug, Verb.SEE, Kind.PROJECT).person()
        project: Any = member.project
        project.roles = member.roles
        project.guideline = _in_force(GuidelineVersion, project)
        project.protocol = _in_force(ProtocolVersion, project)
        done = Acknowledgement.objects.filter(member=member, guideline=project.guideline)
        project.guideline_acknowledged = project.guideline is not None and done.exists()
        return Response(ProjectDetailOut(project).data)


class RegisterCases(View):
    """The way in for cases."""

    @operation(operation_id="register_cases", request=NewCasesIn, responses=RowsOut)
    @changing
    def post(self, request: Request, slug: str) -> Response:
        """Register cases. A refused row refuses only itself; a row that is there already is not registered again."""
        acting = acting_in_project(request, slug, Verb.REGISTER, Kind.CASE)
        new = [NewCase(**row) for row in self.given(request, NewCasesIn)["cases"]]
        rows = register(acting=acting, project=acting.person().project, cases=new)
        return Response(RowsOut({"rows": rows}).data)


def _in_force(kind: Any, project: Project) -> Any:
    return kind.objects.filter(project=project, status="published").first()
