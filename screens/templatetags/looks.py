"""How pages carry what a person chose for their scripts."""

import json
from typing import Any

from django import template

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """A value as JSON, to stand in an attribute."""
    return json.dumps(value)
