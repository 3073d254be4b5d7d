"""Forms as our pages show them: Bootstrap's classes, and a refusal of the packages below put at its field."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from workflow.errors import DomainError

REASON = r"^[a-z][a-z0-9_]{0,59}$"


class Styled(forms.Form):
    """A form whose fields carry our classes."""

    unmarked = False  # whether fields that may be left out are not marked as such

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", _class_of(field.widget))

    def refuse(self, error: DomainError) -> None:
        """Show a refusal: each fault at its field if the form has one, the rest above the form."""
        faults = error.extra.get("faults") or []
        for fault in faults:
            path, message = fault["path"], fault["message"]
            name = path.removeprefix("/").split("/")[0]
            if name in self.fields:
                self.add_error(name, message)
            else:
                self.add_error(None, f"{path}: {message}" if path else message)
        if not faults:
            self.add_error(None, error.detail)


class Narrowing(Styled):
    """What a list can be narrowed to, from the address of the page."""

    unmarked = True


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, if it was sent."""
    return request.POST if request.method == "POST" else None


class WithReason(Styled):
    """Why something is done: a code that can be counted, and words of which the log keeps only a commitment."""

    codes: tuple[str, ...] = ()
    reason_code = forms.RegexField(
        regex=REASON,
        max_length=60,
        label="Reason",
        help_text="A code that can be counted: lower-case words joined by underscores.",
        error_messages={
            "invalid": "A reason code is lower-case words joined by underscores, such as bad_image."
        },
    )
    note = forms.CharField(
        max_length=4000,
        required=False,
        label="In words",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For people. The log holds only a commitment to these words, so that they can be erased.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        suggest(self.fields["reason_code"], self.codes)


def suggest(field: forms.Field, values: Iterable[str]) -> None:
    """Let a text field suggest values; others may be typed."""
    field.suggestions = tuple(values)  # type: ignore[attr-defined]  # read by parts/field.html
    field.widget.attrs.update(
        {"list": f"suggested-{id(field)}", "autocapitalize": "none", "spellcheck": "false"}
    )
    field.list_id = field.widget.attrs["list"]  # type: ignore[attr-defined]


class Day(forms.DateInput):
    """A date as browsers ask for it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _class_of(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"
