"""A model in a real browser: a reader begins from its marks and is told so; a manager sees what came of them."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.modelled import box, predict, read_of, with_model
from tests.people import Study
from workflow.models import Assistance

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
