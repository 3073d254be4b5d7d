"""What a project may change daily without changing truth."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.fields import Input, Text
from api.idempotency import changing
from tasks.settings import change_settings, changes_of, digest_of
from workflow.models import Project
from workflow.permissions import Kind, Verb
from workflow.settings.reading import document
from workflow.settings.table import TABLE, Setting

from .base import View, operation


def _field(setting: Setting) -> serializers.Field[Any, Any, Any, Any]:
    """A setting as it comes and goes; what it takes is checked by the function that changes it."""
    said = f"{setting.meaning} Unit: {setting.unit}. Default: {setting.default!r}."
    schema, optional = setting.kind.schema, isinstance(setting.kind.schema["type"], list)
    # Whether it may be null the document says once more by itself.
    schema |= {"description": said, "type": schema["type"][0] if optional else schema["type"]}

    @extend_schema_field(schema)
    class Value(serializers.Field[Any, Any, Any, Any]):
        def to_internal_value(self, data: Any) -> Any:
            return data

        def to_representation(self, value: Any) -> Any:
            return value

        def validate_empty_values(self, data: Any) -> Any:
            return (True, None) if data is None else super().validate_empty_values(data)

    return Value(required=False, allow_null=optional, help_text=said)


SettingsOut: Any = type(
    "SettingsOut",
    (serializers.Serializer,),
    {"__doc__": "Every setting of a project.", **{setting.key: _field(setting) for setting in TABLE}},
)


class ChangeOut(serializers.Serializer[Any]):
    """A setting that somebody changed."""

    at = serializers.DateTimeField()
    by = serializers.CharField(allow_blank=True)
    key = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class ProjectSettingsOut(serializers.Serializer[Any]):
    """The settings, what names them as they are, and the last changes, newest first."""

    settings = SettingsOut()
    digest = serializers.CharField(
        help_text="Send it back as `seen`, to change these settings and no others."
    )
    changes = ChangeOut(many=True)


SettingsIn: Any = type(
    "SettingsIn",
    (Input,),
    {
        "__doc__": "The settings to change; what is left out stays as it is.",
        **{setting.key: _field(setting) for setting in TABLE},
        "seen": Text(
            required=False, help_text="The digest of the settings that you looked at; 409 if changed."
        ),
    },
)


class Settings(View):
    """A project's settings."""

    @operation(operation_id="get_settings", responses=ProjectSettingsOut)
    def get(self, request: Request, slug: str) -> Response:
        """What may be changed daily: leases, sessions, caps, due times, the calendar; and who changed it last."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.SETTINGS)
        return Response(_told(acting.person().project))

    @operation(operation_id="change_settings", request=SettingsIn, responses=ProjectSettingsOut)
    @changing
    def patch(self, request: Request, slug: str) -> Response:
        """Change some settings; live tasks are due anew where that follows from it."""
        acting = acting_in_project(request, slug, Verb.CONFIGURE, Kind.SETTINGS)
        given = self.given(request, SettingsIn)
        seen = given.pop("seen", "")
        project = acting.person().project
        return Response(_told(change_settings(acting=acting, project=project, changes=given, seen=seen)))


def _told(project: Project) -> Any:
    now = document(project)
    told = {"settings": now, "digest": digest_of(now), "changes": changes_of(project)}
    return ProjectSettingsOut(told).data
