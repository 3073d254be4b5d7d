"""How a person likes images of a modality to hang: layout, window, order of series; where the next case begins."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from accounts.preferences import forget, prefer

One = TypeVar("One")

LAYOUTS: Final = tuple(f"{rows}x{columns}" for rows in range(1, 4) for columns in range(1, 4))
STORED: Final = "stored"  # the window as the image says it
# As frontend/src/display/windows.ts has them; a test holds both against each other.
PRESETS: Final[Mapping[str, tuple[str, ...]]] = {
    "CT": ("soft", "lung", "bone", "brain", "stroke", "liver", "mediastinum"),
    "PT": ("suv5", "suv10", "suv20"),
}
MOST_KINDS: Final = 60  # of series, in an order
_NAME: Final = re.compile(r"(layout|preset|order|hanging)\.([A-Z]{0,16})")
_KIND: Final = re.compile(r"(current|prior)(\.[A-Z0-9]{0,16}){3}\.[1-9][0-9]?")


def layout_name(modality: str) -> str:
    """The name under which the layout for a modality is kept."""
    name = f"layout.{modality}"
    return name if hangs(name) else layout_name("")


def hangs(name: str) -> bool:
    """Whether a person's hanging is kept, or put back, under this name."""
    return _NAME.fullmatch(name) is not None


def remember_hanging(*, user: UUID, name: str, value: str) -> bool:
    """Keep `layout.CT`, `preset.CT` or `order.CT`, or put all back (`hanging.CT`); False where there is no such choice.

    An order is the series' kinds, with blanks between them. What is as it comes isn't kept.
    """
    what, _, modality = name.partition(".")
    if not hangs(name) or not _is_choice(what, modality, value):
        return False
    if what == "hanging":
        for each in ("layout", "order"):
            forget(user=user, name=f"{each}.{modality}")
    elif value in (STORED, ""):
        forget(user=user, name=name)
    else:
        prefer(user=user, name=name, value=value)
    return True


def layout_in(chosen: Mapping[str, Any], name: str) -> tuple[int, int] | None:
    """Rows and columns; None where they chose none."""
    layout = chosen.get(name)
    if layout not in LAYOUTS:
        return None
    rows, _, columns = str(layout).partition("x")
    return int(rows), int(columns)


def presets_in(chosen: Mapping[str, Any], modalities: Iterable[str]) -> dict[str, str]:
    """The window with which series of each modality open, where they chose one that there is."""
    named = {modality: chosen.get(f"preset.{modality}") for modality in modalities}
    return {
        modality: str(name)
        for modality, name in named.items()
        if isinstance(name, str) and name != STORED and _is_choice("preset", modality, name)
    }


def in_order(
    chosen: Mapping[str, Any], name: str, series: Sequence[One], kind: Callable[[One], str]
) -> list[One]:
    """Series as they put them; those of kinds that they never put anywhere come last, as they came."""
    order = chosen.get(name.replace("layout.", "order."))
    kinds = order.split() if isinstance(order, str) else []
    places = {each: at for at, each in enumerate(kinds)}
    return sorted(series, key=lambda one: places.get(kind(one), len(kinds)))


def _is_choice(what: str, modality: str, value: str) -> bool:
    if what == "layout":
        return value in LAYOUTS
    if what == "preset":
        return value in (STORED, "all", *PRESETS.get(modality, ()))
    kinds = value.split()
    if what == "order":
        return len(kinds) <= MOST_KINDS and all(_KIND.fullmatch(kind) for kind in kinds)
    return value == "usual"
