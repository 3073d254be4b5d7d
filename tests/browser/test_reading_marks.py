"""The page writes and reads marks exactly as the server does, to the thousandth of a pixel."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from screens.forms.marks import mark_texts, typed_mark
from screens.forms.typed import Typed
from tests.workflow.labels.examples import BOX, BOX_3D, ELLIPSE, LENGTH, MASK, POINT, POLYGON, SPAN
from workflow.labels.schema_parts import Kind, MarkSpec

HOLE = [[2001, 2000], [3000, 2000], [3000, 3999]]
MARKS = [
    POINT,
    {**POINT, "on": {"series": "2.25.7", "sop": "2.25.9", "frame": 3}, "at": [120500, 7]},
    {**LENGTH, "to": [5000, 12340]},
    BOX,
    BOX_3D,
    {**ELLIPSE, "center": [100000, 20010], "radii": [5001, 300]},
    POLYGON,
    {**POLYGON, "holes": [HOLE]},
    MASK,
    SPAN,
]
BOTH = """async ([kind, mark, texts]) => {
  const { markFrom, textsOf } = await import("/static/js/marks.js");
  const has = (name) => name in texts || name === "on";
  return [textsOf(mark, has), markFrom(kind, (name) => texts[name] ?? "", has)];
}"""


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: mark["kind"])
def test_a_mark_is_written_and_read_as_on_the_server(
    page: Page, sign_in: Callable[[Page, str], Any], mark: dict[str, Any]
) -> None:
    spec = MarkSpec(Kind(mark["kind"]), slices="slices" in mark["on"], holes="holes" in mark)
    stored = mark_texts(spec, "m", mark)
    texts = {name.removeprefix("m."): given[0] for name, given in stored.items()}
    page.goto("/accounts/login/")
    written, read = page.evaluate(BOTH, [mark["kind"], mark, texts])
    assert read == mark
    sent = Typed.of({f"m.{name}": [text] for name, text in written.items()})
    assert typed_mark(spec, "m", sent) == (mark, [])
    assert {name: text for name, text in written.items() if name != "on"} == {
        name: text for name, text in texts.items() if name != "on"
    }
