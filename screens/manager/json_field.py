"""A JSON document as a field of a form: its author writes it as text, and learns on which line it is wrong."""

import json
from typing import Any

from django import forms


class JsonField(forms.CharField):
    """A JSON value as its author writes it; a fault says on which line."""

    def __init__(self, *, label: str, rows: int, kind: type = dict) -> None:
        attrs = {"rows": rows, "class": "form-control code", "spellcheck": "false", "data-keep": "yes"}
        super().__init__(label=label, strip=False, max_length=4_000_000, widget=forms.Textarea(attrs=attrs))
        self.kind = kind

    def clean(self, value: Any) -> Any:
        """The value; ValidationError with line and column if it is none."""
        text = super().clean(value)
        try:
            found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
        except json.JSONDecodeError as error:
            message = f"Line {error.lineno}, column {error.colno}: {error.msg}."
            raise forms.ValidationError(message) from None
        except RecursionError:
            raise forms.ValidationError("This is nested too deeply.") from None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        if not isinstance(found, self.kind):
            raise forms.ValidationError(f"This must be a JSON {'object' if self.kind is dict else 'list'}.")
        return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"The key “{key}” stands twice in one object.")
        found[key] = value
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value.")
