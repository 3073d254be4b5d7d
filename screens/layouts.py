"""Rows and columns of images that a person chose for a modality: where the next case of that kind begins."""

import re
from typing import Final
from uuid import UUID

from accounts.preferences import preference

LAYOUTS: Final = tuple(f"{rows}x{columns}" for rows in range(1, 4) for columns in range(1, 4))
_NAME: Final = re.compile(r"layout\.[A-Z]{0,2}")


def layout_name(modality: str) -> str:
    """The name under which the layout for a modality is kept."""
    name = f"layout.{modality}"
    return name if is_layout(name) else layout_name("")


def is_layout(name: str) -> bool:
    """Whether a layout is kept under this name."""
    return _NAME.fullmatch(name) is not None


def layout_of(user: UUID, name: str) -> tuple[int, int] | None:
    """Rows and columns; None where they chose none."""
    chosen = preference(user, name)
    if chosen not in LAYOUTS:
        return None
    rows, _, columns = str(chosen).partition("x")
    return int(rows), int(columns)
