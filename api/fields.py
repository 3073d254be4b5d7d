"""Input fields that take only their own JSON type, and an object that takes only the keys it knows."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

REASON_CODE = r"^[a-z][a-z0-9_]{0,59}$"


class Input(serializers.Serializer[Any]):
    """A JSON object of a request; an unknown key is a fault, not ignored."""

    def to_internal_value(self, data: Any) -> Any:
        """The validated values; ValidationError names every fault."""
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError(
                {
                    key: [serializers.ErrorDetail("There is no such field.", "unknown_field")]
                    for key in unknown
                }
            )
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A JSON string: numbers are not turned into text."""

    def to_internal_value(self, data: Any) -> str:
        """The text, without outer blanks."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Whole(serializers.IntegerField):
    """A JSON integer: text and booleans are not turned into numbers."""

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Truth(serializers.BooleanField):
    """A JSON true or false, nothing that looks like it."""

    def to_internal_value(self, data: Any) -> bool:
        """The truth value."""
        if not isinstance(data, bool):
            self.fail("invalid", input="")
        return data


class Id(serializers.UUIDField):
    """A UUID as text."""

    def to_internal_value(self, data: Any) -> Any:
        """The UUID."""
        if not isinstance(data, str):
            self.fail("invalid", value="")
        return super().to_internal_value(data)


@extend_schema_field({"type": "object", "additionalProperties": True})
class AnyObject(serializers.Field[Any, Any, Any, Any]):
    """A JSON object whose form is somebody else's to check."""

    default_error_messages = {"not_an_object": "Send a JSON object."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The object as it came."""
        if not isinstance(data, dict):
            self.fail("not_an_object")
        return data

    def to_representation(self, value: Any) -> Any:
        """The object as it is."""
        return value


def reason_code(*, required: bool = True) -> serializers.RegexField:
    """A code from the project's list: lower-case words joined by underscores."""
    return serializers.RegexField(
        REASON_CODE,
        required=required,
        allow_blank=not required,
        error_messages={"invalid": "A reason code is lower-case words joined by underscores."},
    )


@extend_schema_field({})
class AnyValue(AnyObject):
    """A JSON value of whatever type."""
