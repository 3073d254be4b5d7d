"""What a parameter of a rule takes: each kind names its faults with their place, and its bounds in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Protocol

Faults = Iterator[dict[str, str]]

_DECIMAL: Final = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,6})?")
_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9 _]{0,15}")
MOST_CODES: Final = 100


class Kind(Protocol):
    """What the values of one kind are like."""

    @property
    def bounds(self) -> str:
        """What is allowed, in words."""

    @property
    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema."""

    def faults(self, value: Any, path: str) -> Faults:
        """What is wrong with a value, each with its place."""


def fault(path: str, code: str, message: str) -> dict[str, str]:
    """One fault in what somebody sent, with its place."""
    return {"path": path, "code": code, "message": message}


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off."""

    bounds: str = "true or false"

    @property
    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema."""
        return {"type": "boolean"}

    def faults(self, value: Any, path: str) -> Faults:
        """What is wrong with a value."""
        if not isinstance(value, bool):
            yield fault(path, "not_a_switch", "Say true or false.")


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `lowest` to `highest`, or null: no limit."""

    lowest: int
    highest: int

    @property
    def bounds(self) -> str:
        """What is allowed, in words."""
        return f"{self.lowest} to {self.highest} or null"

    @property
    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema."""
        return {"type": ["integer", "null"], "minimum": self.lowest, "maximum": self.highest}

    def faults(self, value: Any, path: str) -> Faults:
        """What is wrong with a value."""
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int):
            yield fault(path, "not_whole", f"Give a whole number, {self.bounds}.")
        elif not self.lowest <= value <= self.highest:
            yield fault(path, "out_of_bounds", f"It must be {self.bounds}.")


@dataclass(frozen=True, slots=True)
class Limit:
    """A decimal in text from `lowest` to `highest`, or null: no limit."""

    lowest: str
    highest: str

    @property
    def bounds(self) -> str:
        """What is allowed, in words."""
        return f'"{self.lowest}" to "{self.highest}" or null'

    @property
    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema, without the bounds, which it can't say of a text."""
        return {"type": ["string", "null"], "pattern": f"^({_DECIMAL.pattern})$"}

    def faults(self, value: Any, path: str) -> Faults:
        """What is wrong with a value."""
        if value is None:
            return
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            yield fault(path, "not_a_decimal", f"Give a decimal in text, {self.bounds}.")
        elif not Decimal(self.lowest) <= Decimal(value) <= Decimal(self.highest):
            yield fault(path, "out_of_bounds", f"It must be {self.bounds}.")


@dataclass(frozen=True, slots=True)
class Codes:
    """Different codes as DICOM writes them, such as CT or CHEST; or null: any."""

    bounds: str = f"1 to {MOST_CODES} different codes in capitals or null"

    @property
    def schema(self) -> dict[str, Any]:
        """The same as a JSON schema."""
        each = {"type": "string", "pattern": f"^{_CODE.pattern}$"}
        several = {"items": each, "minItems": 1, "maxItems": MOST_CODES, "uniqueItems": True}
        return {"type": ["array", "null"], **several}

    def faults(self, value: Any, path: str) -> Faults:
        """What is wrong with a value."""
        if value is None:
            return
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_CODES:
            yield fault(path, "not_a_list", f"Give {self.bounds}.")
            return
        for place, code in enumerate(value):
            if not isinstance(code, str) or not _CODE.fullmatch(code):
                yield fault(f"{path}/{place}", "bad_code", "A code has 1 to 16 capitals, digits or spaces.")
            elif code in value[:place]:
                yield fault(f"{path}/{place}", "twice", "This code is there twice.")
