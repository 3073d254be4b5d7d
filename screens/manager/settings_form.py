"""The form of a project's settings, made from their table: fields are named by the place of what they hold."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django import forms

from screens.styled import Styled, suggest
from workflow.errors import DomainError
from workflow.settings.kinds import KINDS_OF_TASK, GateRules, Names, PerKind, Whole, YesNo, Zone, zones
from workflow.settings.table import SETTINGS, Setting
from workflow.settings.viewers import PLACEHOLDERS, Viewers
from workflow.settings.working_hours import WEEKDAYS, WorkingHours

from .json_field import JsonField

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "Leases and sessions": ("lease_minutes", "idle_minutes", "session_minutes", "break_minutes"),
    "Who gets how much": ("daily_cap", "most_share", "start_by_hours", "required_training"),
    "What comes first": ("priority_hours", "spread_minutes"),
    "When work is due": ("due_hours", "warn_at"),
    "Controls, repeats and calibration": (
        *("gold_pass_mark", "gold_exposures", "repeat_share", "repeat_washout_days", "calibration_pass_mark"),
    ),
    "Images": ("gate", "deid_options", "keep_originals", "near_duplicate_bits"),
    "Outside viewers": ("viewers", "link_minutes"),
    "When the project works": ("time_zone", "calendar"),
}
VIEWERS: Final = (
    ' Such as [{"name": "OHIF", "url": "https://viewer.example.org/viewer?StudyInstanceUIDs={studies}"}];'
    ' with "returns": true a viewer may also save and submit what is read in it.'
    f" Places: {', '.join(f'{{{place}}}' for place in PLACEHOLDERS)}."
)
DAYS: Final = dict(
    zip(
        WEEKDAYS,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)


class SettingsForm(Styled):
    """Every setting, filled with what it is now; `seen` names the settings that the page showed."""

    seen = forms.CharField(max_length=71, widget=forms.HiddenInput)

    def __init__(self, now: Mapping[str, Any], seen: str, data: Any = None) -> None:
        super().__init__(data, initial={"seen": seen})
        for setting in SETTINGS.values():
            for name, field in _fields(setting).items():
                field.widget.attrs.setdefault("class", "form-control")
                self.fields[name] = field
            self.initial.update(_shown(setting, now[setting.key]))

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [
            (title, [self[name] for name in self.fields if name.split("/")[0] in keys])
            for title, keys in GROUPS.items()
        ]

    def changes(self) -> dict[str, Any]:
        """The settings of which a field was changed, each whole."""
        touched = {name.split("/")[0] for name in self.changed_data} - {"seen"}
        return {key: _given(SETTINGS[key], self.cleaned_data) for key in touched}

    def refuse(self, error: DomainError) -> None:
        """Each fault at the field whose place is nearest; a refusal without faults above the form."""
        for fault in error.extra.get("faults") or []:
            name = fault["path"].removeprefix("/")
            while name and name not in self.fields:
                name = name.rpartition("/")[0]
            self.add_error(name or None, fault["message"])
        if not error.extra.get("faults"):
            self.add_error(None, error.detail)


def _fields(setting: Setting) -> dict[str, forms.Field]:
    match setting.kind:
        case PerKind():
            each = {kind: _number(f"{setting.label}: {kind}", setting.kind.each) for kind in KINDS_OF_TASK}
            each[KINDS_OF_TASK[0]].help_text = _help(setting)
            return {f"{setting.key}/{kind}": field for kind, field in each.items()}
        case WorkingHours():
            return _calendar_fields(setting)
        case Whole():
            return {setting.key: _number(_label(setting), setting.kind, _help(setting))}
        case GateRules() | Viewers():
            kind = list if isinstance(setting.kind, Viewers) else dict
            written = JsonField(label=setting.label, rows=4 if kind is dict else 9, kind=kind)
            written.help_text = _help(setting) + (VIEWERS if kind is list else "")
            return {setting.key: written}
        case YesNo():
            box = forms.CheckboxInput(attrs={"class": "form-check-input"})
            return {
                setting.key: forms.BooleanField(
                    required=False, label=setting.label, help_text=setting.meaning, widget=box
                )
            }
    lines = forms.Textarea(attrs={"rows": 3}) if isinstance(setting.kind, Names) else None
    required = not isinstance(setting.kind, Names) and not getattr(setting.kind, "optional", False)
    text = forms.CharField(
        required=required, label=setting.label, help_text=_help(setting), widget=lines, max_length=8000
    )
    if isinstance(setting.kind, Zone):
        suggest(text, sorted(zones()))
    return {setting.key: text}


def _calendar_fields(setting: Setting) -> dict[str, forms.Field]:
    days: dict[str, forms.Field] = {
        f"calendar/hours/{day}": forms.CharField(required=False, max_length=100, label=label)
        for day, label in DAYS.items()
    }
    days["calendar/hours/mon"].help_text = f"{setting.meaning} Spans such as 09:00-12:30, 13:00-17:00."
    holidays = forms.CharField(
        required=False,
        max_length=8000,
        label="Holidays",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Dates such as 2026-12-25, one per line.",
    )
    zone = forms.CharField(
        required=False, max_length=60, label="Zone of these hours", help_text="Empty: the project’s own."
    )
    return days | {"calendar/holidays": holidays, "calendar/zone": zone}


def _number(label: str, kind: Whole, help_text: str = "") -> forms.Field:
    # The bounds are checked by the function that changes settings, which says them in its own words.
    attrs = {"min": kind.lowest, "max": kind.highest}
    required = not kind.optional and bool(help_text)
    return forms.IntegerField(
        required=required, label=label, help_text=help_text, widget=forms.NumberInput(attrs=attrs)
    )


def _label(setting: Setting) -> str:
    return setting.label if setting.unit == "tasks" else f"{setting.label} ({setting.unit})"


def _help(setting: Setting) -> str:
    return f"{setting.meaning} Takes {setting.kind.bounds}.".replace("null", "empty")


def _shown(setting: Setting, value: Any) -> dict[str, Any]:
    """What the setting's fields show of its value."""
    match setting.kind:
        case PerKind():
            return {f"{setting.key}/{kind}": number for kind, number in value.items()}
        case WorkingHours():
            days = {f"calendar/hours/{day}": ", ".join(spans) for day, spans in value["hours"].items()}
            holidays = "\n".join(value.get("holidays", []))
            return days | {"calendar/holidays": holidays, "calendar/zone": value.get("zone", "")}
        case Names():
            return {setting.key: "\n".join(value)}
        case GateRules() | Viewers():
            return {setting.key: json.dumps(value, indent=2)}
    return {setting.key: value}


def _given(setting: Setting, cleaned: Mapping[str, Any]) -> Any:
    """The setting's value from what its fields were filled with."""
    match setting.kind:
        case PerKind():
            given = {kind: cleaned[f"{setting.key}/{kind}"] for kind in KINDS_OF_TASK}
            return {kind: number for kind, number in given.items() if number is not None}
        case WorkingHours():
            spans = {day: _split(cleaned[f"calendar/hours/{day}"].replace(",", "\n")) for day in WEEKDAYS}
            hours = {day: found for day, found in spans.items() if found}
            zone = cleaned["calendar/zone"].strip()
            holidays = sorted(_split(cleaned["calendar/holidays"]))
            return {"hours": hours, "holidays": holidays} | ({"zone": zone} if zone else {})
        case Names():
            return _split(cleaned[setting.key])
    return None if cleaned[setting.key] == "" else cleaned[setting.key]


def _split(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
