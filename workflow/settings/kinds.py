"""What a setting takes: each kind names its faults with their place, its bounds in words, and its JSON schema."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final, Protocol
from zoneinfo import available_timezones

from audit.canonical import escape
from imaging.gate.parameters import BadRules, Rules
from workflow.reasons import fault

Faults = Iterator[dict[str, str]]

KINDS_OF_TASK: Final = ("annotate", "review", "reconcile", "arbitrate")
_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,2})(\.[0-9]{1,4})?")


@cache
def zones() -> frozenset[str]:
    """The names of all time zones; they are looked for on the disk once."""
    return frozenset(available_timezones())


class Kind(Protocol):
    """What values of one kind are like."""

    @property
    def bounds(self) -> str:
        """What is allowed, in words."""

    @property
    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema."""

    def faults(self, value: Any, path: str) -> Faults:
        """What is wrong with a value, each with its place."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `lowest` to `highest`; null too, where there may be no limit."""

    lowest: int
    highest: int
    optional: bool = False

    @property
    def bounds(self) -> str:
        """What is allowed, in words."""
        return f"{self.lowest} to {self.highest}{' or null' if self.optional else ''}"

    @property
    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema."""
        one: dict[str, Any] = {"type": "integer", "minimum": self.lowest, "maximum": self.highest}
        return one | {"type": ["integer", "null"]} if self.optional else one

    def faults(self, value: Any, path: str) -> Faults:
        """What is wrong with a value."""
        if value is None and self.optional:
            return
        if isinstance(value, bool) or not isinstance(value, int):
            yield fault(path, "not_whole", f"Give a whole number, {self.bounds}.")
        elif not self.lowest <= value <= self.highest:
            yield fault(path, "out_of_bounds", f"It must be {self.bounds}.")


@dataclass(frozen=True, slots=True)
class Share:
    """A share of one as a decimal in text, such as "0.8"; null too, where there may be no limit."""

    lowest: str
    highest: str
    optional: bool = False

    @property
    def bounds(self) -> str:
        """What is allowed, in words."""
        return f'"{self.lowest}" to "{self.highest}"{" or null" if self.optional else ""}'

    @property
    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema."""
        one: dict[str, Any] = {"type": "string", "pattern": f"^({_DECIMAL.pattern})$"}
        return one | {"type": ["string", "null"]} if self.optional else one

    def faults(self, value: Any, path: str) -> Faults:
        """What is wrong with a value."""
        if value is None and self.optional:
            return
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            yield fault(path, "not_a_share", f"Give a share as a decimal in text, {self.bounds}.")
        elif not Decimal(self.lowest) <= Decimal(value) <= Decimal(self.highest):
            yield fault(path, "out_of_bounds", f"It must be {self.bounds}.")


@dataclass(frozen=True, slots=True)
class Zone:
    """The name of a time zone."""

    bounds: str = "an IANA name"

    @property
    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema."""
        return {"type": "string"}

    def faults(self, value: Any, path: str) -> Faults:
        """What is wrong with a value."""
        if not isinstance(value, str) or value not in zones():
            yield fault(path, "unknown_zone", "Give a zone such as Europe/Vienna.")


@dataclass(frozen=True, slots=True)
class PerKind:
    """A whole number for some kinds of task."""

    each: Whole

    @property
    def bounds(self) -> str:
        """What is allowed, in words."""
        return f"{self.each.bounds} for any of {', '.join(KINDS_OF_TASK)}"

    @property
    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema."""
        each = dict.fromkeys(KINDS_OF_TASK, self.each.schema)
        return {"type": "object", "properties": each, "additionalProperties": False}

    def faults(self, value: Any, path: str) -> Faults:
        """What is wrong with a value."""
        if not isinstance(value, dict):
            yield fault(path, "not_an_object", "Give an object of kinds of task and their numbers.")
            return
        for key, number in value.items():
            if key in KINDS_OF_TASK:
                yield from self.each.faults(number, f"{path}/{key}")
            else:
                yield fault(
                    f"{path}/{escape(key)}", "unknown_kind", f"Choose from {', '.join(KINDS_OF_TASK)}."
                )


@dataclass(frozen=True, slots=True)
class Names:
    """Some different names, each on one line."""

    most: int
    longest: int

    @property
    def bounds(self) -> str:
        """What is allowed, in words."""
        return f"up to {self.most} different names of up to {self.longest} characters"

    @property
    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema."""
        each = {"type": "string", "minLength": 1, "maxLength": self.longest}
        return {"type": "array", "items": each, "maxItems": self.most, "uniqueItems": True}

    def faults(self, value: Any, path: str) -> Faults:
        """What is wrong with a value."""
        if not isinstance(value, list) or len(value) > self.most:
            yield fault(path, "not_a_list", f"Give a list of {self.bounds}.")
            return
        for place, name in enumerate(value):
            if not isinstance(name, str) or not self._fits(name):
                yield fault(f"{path}/{place}", "bad_name", f"A name has 1 to {self.longest} characters.")
            elif name in value[:place]:
                yield fault(f"{path}/{place}", "twice", "This name is there twice.")

    def _fits(self, name: str) -> bool:
        return 1 <= len(name) <= self.longest and name == name.strip() and name.isprintable()


@dataclass(frozen=True, slots=True)
class Chosen(Names):
    """Some of a few names."""

    choices: tuple[str, ...] = ()

    @property
    def bounds(self) -> str:
        """What is allowed, in words."""
        return f"any of {', '.join(self.choices)}"

    @property
    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema."""
        each = {"type": "string", "enum": list(self.choices)}
        return {"type": "array", "items": each, "uniqueItems": True}

    def faults(self, value: Any, path: str) -> Faults:
        """What is wrong with a value."""
        # Without super(): a dataclass with slots is made anew, and super() would look for the first one.
        found = list(Names.faults(self, value, path))
        yield from found
        if not found:
            for place, name in enumerate(value):
                if name not in self.choices:
                    yield fault(f"{path}/{place}", "unknown_name", f"Choose from {', '.join(self.choices)}.")


@dataclass(frozen=True, slots=True)
class YesNo:
    """Yes or no."""

    bounds: str = "true or false"

    @property
    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema."""
        return {"type": "boolean"}

    def faults(self, value: Any, path: str) -> Faults:
        """What is wrong with a value."""
        if not isinstance(value, bool):
            yield fault(path, "not_yes_or_no", "Give true or false.")


@dataclass(frozen=True, slots=True)
class GateRules:
    """The rules of the quality gate (imaging/gate); what is left out has its default."""

    bounds: str = "an object of rules"

    @property
    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema."""
        return {"type": "object"}

    def faults(self, value: Any, path: str) -> Faults:
        """What is wrong with a value."""
        try:
            Rules.from_json(value)
        except BadRules as bad:
            yield from (fault(path + one["path"], one["code"], one["message"]) for one in bad.faults)
