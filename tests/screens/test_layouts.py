"""How a person likes images to hang: the server knows the viewer's presets, and no others."""

import re
from pathlib import Path

from screens.layouts import PRESETS, STORED, in_order

WINDOWS = Path(__file__).resolve().parents[2] / "frontend" / "src" / "display" / "windows.ts"


def test_the_presets_that_can_be_kept_are_those_of_the_viewer() -> None:
    source = WINDOWS.read_text(encoding="utf-8")
    stated = re.findall(r'preset\("([a-z0-9]+)"', source)
    assert [name for names in PRESETS.values() for name in names] == stated
    assert {STORED, "all"} == set(re.findall(r'name: "([a-z]+)", label', source))


def test_series_come_in_the_order_in_which_they_were_put_and_others_behind() -> None:
    chosen = {"order.CT": "c gone a"}
    assert in_order(chosen, "layout.CT", ["a", "b", "c", "d"], str) == ["c", "a", "b", "d"]
    assert in_order(chosen, "layout.MR", ["a", "b", "c"], str) == ["a", "b", "c"]
