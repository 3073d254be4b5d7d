"""The published examples of tests/vectors, and how their numbers are compared."""

import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parents[2] / "vectors"


def examples(name: str) -> list[dict[str, Any]]:
    """The examples of one file."""
    found: list[dict[str, Any]] = json.loads((VECTORS / f"{name}.json").read_text())["vectors"]
    return found


def check(value: float | None, expected: dict[str, Any]) -> None:
    """The value is the published one to its printed decimals, and the agreed one to twelve."""
    assert value is not None
    if expected["published"] is not None:
        assert abs(value - expected["published"]) <= 0.5000001 * 10 ** -expected["decimals"]
    assert abs(value - expected["value"]) < 1e-11
