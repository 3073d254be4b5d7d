"""A wave as a form: one stratum a line, such as `site=north, malignancy=high; 300; 320`."""

import json
from typing import Any

from django import forms

from screens.styled import Styled
from workflow.errors import InvalidInput
from workflow.models import Wave
from workflow.reasons import fault
from workflow.waves.strata import MOST_STRATA, stored

HELP = (
    "One stratum a line: which cases, the target, and, if no more may begin, the quota. "
    "“site=north, malignancy=high; 300; 320” wants 300 final cases and lets 320 begin; “; 500” is all cases. "
    "Write “years:=3” for a number, “priors:=true” for yes."
)


class WaveForm(Styled):
    """Name, whether it is a pilot, and the strata."""

    name = forms.CharField(max_length=60, label="Name")
    pilot = forms.BooleanField(
        required=False,
        label="A pilot",
        help_text="Its reads never count: not in the labels, not in agreement, not in any figure of the study.",
    )
    strata = forms.CharField(
        max_length=20_000,
        label="Strata",
        help_text=HELP,
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control code", "spellcheck": "false"}),
    )

    def given(self) -> dict[str, Any]:
        """What `create_wave` and `revise_wave` take; InvalidInput for a line that can't be read."""
        lines = [line.strip() for line in self.cleaned_data["strata"].splitlines()]
        strata = [_stratum(n, line) for n, line in enumerate(lines, start=1) if line]
        return {"name": self.cleaned_data["name"], "pilot": self.cleaned_data["pilot"], "strata": strata}


def text_of(wave: Wave) -> dict[str, Any]:
    """A wave as the form shows it."""
    lines = [
        "; ".join(
            [
                ", ".join(_condition_told(*pair) for pair in one.where.items()),
                str(one.target),
                *([] if one.quota is None else [str(one.quota)]),
            ]
        )
        for one in stored(wave.strata)
    ]
    return {"name": wave.name, "pilot": wave.pilot, "strata": "\n".join(lines)}


def _stratum(number: int, line: str) -> dict[str, Any]:
    where, *counts = [part.strip() for part in line.split(";")]
    if not 1 <= len(counts) <= 2 or not all(one.isascii() and one.isdecimal() for one in counts):
        raise _unfit(number, "needs a target, and perhaps a quota, after semicolons")
    quota = int(counts[1][:12]) if len(counts) == 2 else None
    conditions = dict(_condition(number, one) for one in where.split(",") if one.strip())
    return {"where": conditions, "target": int(counts[0][:12]), "quota": quota}


def _condition(number: int, text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip(" :"):
        raise _unfit(number, "has a condition without “=”")
    if not name.rstrip().endswith(":"):
        return name.strip(), value.strip()
    try:
        return name.strip().removesuffix(":").strip(), json.loads(value)
    except (ValueError, RecursionError):
        raise _unfit(number, "has a value after “:=” that is no number and not true or false") from None


def _condition_told(name: str, value: Any) -> str:
    return f"{name}={value}" if isinstance(value, str) else f"{name}:={json.dumps(value)}"


def _unfit(number: int, what: str) -> InvalidInput:
    return InvalidInput([fault("/strata", "unfit", f"Line {number} {what}. At most {MOST_STRATA} strata.")])
