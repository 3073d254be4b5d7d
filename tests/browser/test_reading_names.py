"""What a screen reader says on the reading page: every control has a name, and what does something else another."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from demo.guidelines import guideline
from demo.protocols import protocol
from tests.browser.images_room import begin
from tests.browser.test_reading import press
from tests.people import Study, study
from tests.phantoms import with_phantoms

CONTROLS = {"button", "link", "checkbox", "combobox", "slider", "textbox", "spinbutton", "menuitem", "radio"}
# Where the same words stand before different questions, the group's name is said with them.
SAID_WITH_THEIR_GROUP = {"radio", "checkbox", "textbox", "spinbutton"}


@pytest.fixture
def nodules(server: str, images_folder: Path, tmp_path: Path) -> Study:
    """The demonstration's questions about cases with images."""
    return with_phantoms(study(protocol=protocol(), guideline=guideline()), tmp_path / "sent")


def tree_of(page: Page) -> list[dict[str, Any]]:
    """The page as the browser tells it to a screen reader."""
    session = page.context.new_cdp_session(page)
    told: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    return [node for node in told if not node.get("ignored")]


def word(node: dict[str, Any], key: str) -> str:
    return str(node.get(key, {}).get("value", "")).strip()


def test_every_control_of_the_reading_page_has_a_name_of_its_own(
    nodules: Study, page: Page, sign_in: Callable[[Page, str], Any]
) -> None:
    sign_in(page, "anna")
    begin(page)
    press(page, "1")
    controls = [node for node in tree_of(page) if word(node, "role").lower() in CONTROLS]
    assert len(controls) > 40
    assert [node for node in controls if not word(node, "name")] == []
    alone = [node for node in controls if word(node, "role").lower() not in SAID_WITH_THEIR_GROUP]
    names = Counter((word(node, "role"), word(node, "name")) for node in alone)
    assert [name for name, count in names.items() if count > 1] == []


def test_the_parts_of_the_page_are_landmarks_and_what_changes_is_said(
    nodules: Study, page: Page, sign_in: Callable[[Page, str], Any]
) -> None:
    sign_in(page, "anna")
    begin(page)
    tree = tree_of(page)
    regions = {word(node, "name") for node in tree if word(node, "role") in ("region", "form", "toolbar")}
    assert {"Images", "The case and your answers", "Viewer"} <= regions
    headings = [word(node, "name") for node in tree if word(node, "role") == "heading"]
    assert headings[0].startswith("Read ")
    live = [node for node in tree if word(node, "role") in ("status", "alert")]
    assert len(live) >= 2
