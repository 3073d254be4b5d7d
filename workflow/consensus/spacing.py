"""How large a pixel is, in mm: told by the case at its intake, never by a reader, and never guessed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,9})?")
_AXES = ("x", "y", "z")


@dataclass(frozen=True, slots=True)
class Spacing:
    """The distance between pixel centres in mm: along x (columns), y (rows) and, over slices, z."""

    x: Fraction
    y: Fraction
    z: Fraction | None = None


PIXELS = Spacing(Fraction(1), Fraction(1), Fraction(1))


@dataclass(frozen=True, slots=True)
class Scale:
    """The pixel spacings of a case as its `spacing` entries say them: of one series, or of every other."""

    entries: tuple[tuple[str, Spacing], ...] = ()
    stated: tuple[Mapping[str, str], ...] = ()

    def of(self, on: Mapping[str, Any]) -> Spacing | None:
        """The spacing where a mark lies (`on` of the mark); None where the case tells none."""
        known = dict(self.entries)
        return known.get(str(on.get("series", "")), known.get(""))

    def document(self) -> list[dict[str, str]]:
        """The entries as the case told them, for a report."""
        return [dict(entry) for entry in self.stated]


def scale_of(shown: Mapping[str, Any]) -> Scale:
    """The scale that a case's `shown` document tells under `spacing`; none if it tells none that is sound."""
    given = shown.get("spacing", [])
    return Scale() if spacing_faults(given) else scale_from(given)


def scale_from(entries: list[dict[str, str]]) -> Scale:
    """The scale of sound `spacing` entries, as a case or a report holds them."""
    spacings = tuple((entry.get("series", ""), _spacing(entry)) for entry in entries)
    return Scale(spacings, tuple(entries))


def spacing_faults(given: object) -> list[tuple[str, str]]:
    """What is wrong with `spacing` entries: JSON pointer below them, and a sentence."""
    if not isinstance(given, list):
        return [("", 'The spacing is a list such as [{"x": "0.7", "y": "0.7", "z": "2.5"}].')]
    faults = [fault for i, entry in enumerate(given) for fault in _entry_faults(entry, f"/{i}")]
    if not faults and len({entry.get("series", "") for entry in given}) < len(given):
        faults.append(("", "Two entries speak of the same series; leave one out."))
    return faults


def _entry_faults(entry: object, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(entry, dict) or not {"x", "y"} <= entry.keys() <= {*_AXES, "series"}:
        yield path, "An entry has x and y, and may have z (between slices) and series (a UID)."
        return
    if not isinstance(entry.get("series", ""), str):
        yield f"{path}/series", "The series is its UID, as text."
    for axis in _AXES:
        if axis in entry and not _is_distance(entry[axis]):
            yield f"{path}/{axis}", 'A spacing is mm above 0 as decimal text, such as "0.703125".'


def _is_distance(value: object) -> bool:
    return isinstance(value, str) and bool(_DECIMAL.fullmatch(value)) and Fraction(value) > 0


def _spacing(entry: Mapping[str, str]) -> Spacing:
    z = entry.get("z")
    return Spacing(Fraction(entry["x"]), Fraction(entry["y"]), None if z is None else Fraction(z))
