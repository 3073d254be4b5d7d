"""A model in a real browser: a reader begins from its marks and is told so; a manager sees what came of them."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_reading import press
from tests.modelled import AFTER, box, predict, read_of, with_model
from tests.people import Study
from workflow.models import Assistance, Commitment

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
SignIn = Callable[[Page, str], Any]


@pytest.fixture
def chest(server: str) -> Study:
    """Two cases that a model marked before anybody read them."""
    chest, model = with_model("lung-001", "lung-002")
    for ref in ("lung-001", "lung-002"):
        predict(chest, model, box("f1", 12), box("f2", 40, "large"), ref=ref, finding="nodule")
    return chest


def test_a_reader_begins_from_the_marks_and_the_manager_sees_what_came_of_them(
    chest: Study, page: Page, new_page: Callable[[], Page], sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    sign_in(page, "anna")
    page.goto("/work/")
    page.get_by_role("button", name="Start next").click()
    expect(page.get_by_text("Detector 2 marked this case beforehand.")).to_be_visible()
    axe(page)
    shoot(page, "model-start")
    page.get_by_role("group", name="Malignancy").get_by_text("3", exact=True).click()
    page.get_by_role("button", name="Submit and next").click()
    expect(page.get_by_text("Detector 2 marked this case beforehand.")).to_be_visible()
    assert [(one.kept, one.changed) for one in Assistance.objects.all()] == [(2, 0)]
    chest.submit("bob", chest.claim("bob"), {"labels": read_of(box("f1", 14))})
    manager = new_page()
    sign_in(manager, "maria")
    manager.goto("/projects/chest/models/")
    expect(manager.get_by_role("heading", name="Registered")).to_be_visible()
    expect(manager.get_by_text("2 of 4")).to_be_visible()
    axe(manager)
    shoot(manager, "models")


@pytest.fixture
def committing(server: str) -> Study:
    """Two cases whose marks are shown once a reader kept their own read."""
    chest, model = with_model("lung-001", "lung-002", protocol=AFTER)
    for ref in ("lung-001", "lung-002"):
        predict(chest, model, box("f1", 12), box("f2", 40, "large"), ref=ref, finding="mass")
    return chest


def test_a_reader_keeps_their_own_read_sees_the_marks_and_takes_one_over(
    committing: Study, page: Page, new_page: Callable[[], Page], sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    sign_in(page, "anna")
    page.goto("/work/")
    page.get_by_role("button", name="Start next").click()
    keep = page.get_by_role("button", name="Keep my read and see the model’s marks")
    expect(keep).to_be_visible()
    expect(page.get_by_text("Detector")).to_have_count(0)
    axe(page)
    shoot(page, "model-commit")
    page.get_by_role("group", name="Finding", exact=True).get_by_text("Nodule", exact=True).click()
    page.get_by_role("group", name="Malignancy").get_by_text("3", exact=True).click()
    press(page, "Control+Enter")
    expect(page.get_by_role("heading", name="Detector 2 read this case too")).to_be_visible()
    expect(page.get_by_role("radio", name="Nodule")).to_be_checked()
    axe(page)
    shoot(page, "model-after")
    page.get_by_role("button", name="Take it into my answer: Nodule 1").click()
    expect(page.locator("[data-finding]")).to_have_count(1)
    press(page, "Control+Enter")
    expect(keep).to_be_visible()
    assert Commitment.objects.get().content.data["findings"] == []
    assert [(one.kept, one.dropped, one.shift) for one in Assistance.objects.all()] == [(1, 1, "towards")]
    manager = new_page()
    sign_in(manager, "maria")
    manager.goto("/projects/chest/models/")
    after = manager.get_by_role("region", name="Reads after a commitment")
    expect(after.get_by_role("row", name="Detector 2 Anna Annotator 1 of 1 1 0")).to_be_visible()
    axe(manager)
    shoot(manager, "models-after")
