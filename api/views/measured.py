"""What the answers of all measurements share: when they were computed, and that one may have to wait for them."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from workflow.measuring.kept import Kept

SOON = "5"  # seconds until it is worth asking again


class MeasuredOut(serializers.Serializer[Any]):
    """When it was computed, whether it is out of date, and why the last try failed."""

    computed_at = serializers.DateTimeField(allow_null=True)
    stale = serializers.BooleanField(help_text="Whether reads came in since; it is being computed anew.")
    failed = serializers.CharField(
        allow_blank=True, help_text="Why the last try came to nothing; asking again tries again."
    )


def answer(form: type[MeasuredOut], kept: Kept, name: str, **more: Any) -> Response:
    """The measurement under its name; 202 and when to ask again while it is computed for the first time."""
    told = {"computed_at": kept.computed_at, "stale": kept.stale, "failed": kept.failed, name: kept.document}
    body = form({**told, **more}).data
    if kept.document is None and not kept.failed:
        return Response(body, status=202, headers={"Retry-After": SOON})
    return Response(body)
