"""How the API writes who saw what, and what may be asked of it."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Input
from audit.access import Code
from audit.models import Access
from workflow.access_log import meaning


class AccessFilter(Input):
    """Which rows: each parameter narrows the list; times with their zone, `until` is not in it."""

    actor = serializers.CharField(required=False, max_length=40)
    case = serializers.UUIDField(required=False)
    task = serializers.UUIDField(required=False)
    what = serializers.CharField(required=False, max_length=32)
    code = serializers.ChoiceField(choices=[code.value for code in Code], required=False)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
    cursor = serializers.CharField(required=False)
    page_size = serializers.CharField(required=False)

    def conditions(self) -> dict[str, Any]:
        """What was asked, as conditions on rows."""
        names = {"case": "case_id", "task": "task_id", "since": "at__gte", "until": "at__lt"}
        own = {"actor", "what", "code"}
        return {names.get(k, k): v for k, v in self.validated_data.items() if k in names or k in own}


class AccessOut(serializers.ModelSerializer[Access]):
    """Who was about to be shown what: `code` is DICOM's event id (PS3.16 CID 400), `event_id` its batch's event."""

    name = serializers.SerializerMethodField()
    meaning = serializers.SerializerMethodField()
    event_id = serializers.UUIDField(allow_null=True)
    leaf_index = serializers.IntegerField(allow_null=True)

    class Meta:
        model = Access
        fields: Sequence[str] = (
            *("at", "id", "actor", "name", "role", "code", "meaning", "what", "case_id", "task_id"),
            *("study", "series", "instance", "frames", "request", "event_id", "leaf_index"),
        )

    def get_name(self, row: Access) -> str | None:
        """The person's name, while it is known."""
        names: dict[str, str] = self.context["names"]
        return names.get(row.actor)

    @extend_schema_field(serializers.CharField())
    def get_meaning(self, row: Access) -> str:
        """What DICOM calls the code."""
        return meaning(row.code)
