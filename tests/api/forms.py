"""Whether an answer has the form that the API's schema says."""

from typing import Any

from rest_framework import serializers


def check_form(form: Any, told: Any, place: str) -> None:
    """The answer has the keys of the serializer, and null only where that says so."""
    if told is None:
        assert form.allow_null, place
    elif isinstance(form, serializers.ListSerializer):
        for one in told:
            check_form(form.child, one, place)
    elif isinstance(form, serializers.Serializer):
        needed = {key for key, field in form.fields.items() if field.required or field.read_only}
        assert needed <= told.keys() <= form.fields.keys(), place
        for key in told:
            check_form(form.fields[key], told[key], f"{place}.{key}")
