"""The guideline beside a case: what changed since one last read, its examples, and the gate at every tier."""

import base64
from typing import Any

import pytest

from tests.people import GUIDELINE, Study, publish_new_guideline, study
from tests.tasks.test_issues import png
from workflow.errors import InvalidInput
from workflow.versions import acknowledge

from .seat import Seat, address, said

pytestmark = pytest.mark.django_db(transaction=True)

IMAGE = {"media_type": "image/png", "data": base64.b64encode(png()).decode(), "alt": "A nodule of 5 mm"}
NEWER = {
    **GUIDELINE,
    "instructions": "Look at the whole image, slowly, then choose.",
    "examples": [{"title": "A small nodule", "text": "Rate it 2.", "image": IMAGE}, "for programs alone"],
}


def newer(chest: Study, *names: str, document: dict[str, Any] = NEWER) -> None:
    """A newer guideline, which these people have acknowledged."""
    version = publish_new_guideline(chest, document)
    for name in names:
        acknowledge(acting=chest.acting(name), guideline=version)


def test_what_changed_since_one_last_read_stands_beside_the_case():
    chest = study("case-1")
    chest.read("anna")
    newer(chest, "anna")
    chest.register("case-2")
    page = Seat("anna").start()
    assert "Changed since version 1, under which you read last" in said(page)
    assert "added: " in said(page)
    assert "slowly" in said(page)


def test_who_never_read_is_told_the_difference_to_what_they_acknowledged():
    chest = study()
    newer(chest, "bob")
    chest.register("case-1")
    assert "Changed since version 1, which you acknowledged" in said(Seat("bob").start())


def test_under_the_same_version_nothing_changed():
    chest = study("case-1", "case-2")
    chest.read("anna")
    assert "Changed since" not in said(Seat("anna").start())


def test_a_case_of_an_earlier_version_is_read_by_that_version():
    chest = study("case-1")
    newer(chest, "anna")
    page = said(Seat("anna").start())
    assert "Look at the whole image, then choose." in page
    assert "version 1" in page


@pytest.mark.parametrize("name", ["anna", "jin", "sana"])
def test_at_every_tier_the_newer_version_comes_first_with_what_changed(name: str):
    chest = study("case-1")
    newer(chest)
    seat = Seat(name)
    page = said(seat.start())
    assert "Changed since version 1, which you acknowledged" in page
    assert "Clearer words." in page
    assert "slowly" in page
    seat.post("/work/guidelines/chest/2/", go_on="1")
    assert "I have read it" not in said(seat.get("/work/guidelines/chest/2/"))


def test_the_images_of_examples_are_shown_as_nothing_but_images():
    chest = study()
    newer(chest, "anna")
    chest.register("case-1")
    anna = Seat("anna")
    page = anna.start().content.decode()
    assert "A nodule of 5 mm" in page
    assert "for programs alone" not in page
    shown = anna.get("/work/guidelines/chest/2/examples/1")
    assert (shown.content, shown.headers["Content-Type"]) == (png(), "image/png")
    assert (shown.headers["X-Content-Type-Options"], address(anna.task) in page) == ("nosniff", True)
    anna.get("/work/guidelines/chest/2/examples/2", 404)
    anna.get("/work/guidelines/chest/2/examples/0", 404)


@pytest.mark.parametrize(
    "wrong",
    [{"media_type": "image/svg+xml"}, {"data": "PHN2Zz4="}, {"data": "?"}, {"alt": ""}],
)
def test_a_guideline_with_an_image_that_is_none_is_not_published(wrong: dict[str, str]):
    with pytest.raises(InvalidInput) as caught:
        newer(study(), document={**NEWER, "examples": [{"image": {**IMAGE, **wrong}}]})
    assert caught.value.extra["faults"][0]["path"] == "/examples/0/image"
