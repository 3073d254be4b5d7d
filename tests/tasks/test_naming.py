"""Readers draw on images under UIDs of their own; what is stored, compared and released names the images themselves."""

from typing import Any

import pytest

from tasks.displays import shown
from tasks.models import Task
from tasks.naming import told_to_holder, uids_for
from tests.imported import at_gate
from tests.people import GUIDELINE, PROTOCOL, Study, labels, study
from tests.workflow.consensus.marks import SPACING, point, rule
from workflow.errors import InvalidInput
from workflow.images.keys import NotOpened
from workflow.models import Read, ReferenceLabel, Series
from workflow.unit import CaseUnit

pytestmark = pytest.mark.django_db(transaction=True)
ELSEWHERE = "2.25.77"


@pytest.fixture
def chest() -> Study:
    """A study of one case, of three images, that asks for a point on them."""
    schema = {
        "schema": "consilium/label-schema/v1",
        "fields": [{"key": "place", "kind": "point", "label": "Place"}],
    }
    review = {"share": "1", "always_if": [], "distinct_reviewers": True, "max_returns": 1}
    protocol = {**PROTOCOL, "junior_review": review, "fields": {"place": rule("point")}}
    new = study(guideline={**GUIDELINE, "label_schema": schema}, protocol=protocol)
    at_gate(new, findings=(), told=lambda series: {"spacing": SPACING, "place": on(series.uid)})
    return new


def on(series: str, **more: Any) -> dict[str, Any]:
    return {**point(1000), "on": {"series": series, **more}}


def image() -> Series:
    return Series.objects.get()


def read(chest: Study, name: str) -> Task:
    """The person's read, drawn where they are shown the series."""
    task = chest.claim(name, ["annotate"])
    return chest.submit(name, task, answer(on(uids_for(task).shown(image().uid))))


def answer(mark: dict[str, Any]) -> dict[str, Any]:
    return {"labels": labels() | {"fields": {"place": mark}}}


def test_two_readers_see_the_same_series_under_two_names_and_agree_on_it(chest: Study) -> None:
    tasks = [read(chest, name) for name in ("anna", "bob")]
    assert len({uids_for(task).shown(image().uid) for task in tasks} | {image().uid}) == 3
    for name in ("jin", "jana"):
        chest.review(name)
    assert {r.content.data["fields"]["place"]["on"]["series"] for r in Read.objects.all()} == {image().uid}
    assert ReferenceLabel.objects.get().content.data["labels"]["fields"]["place"] == on(image().uid)


def test_a_reviewer_is_shown_the_read_and_the_question_under_their_own_names(chest: Study) -> None:
    mine = read(chest, "anna")
    task = chest.claim("jin", ["review"])
    material = shown(CaseUnit(chest.acting("jin"), task.case), task).material
    cited = {
        place["on"]["series"] for place in (material["case"]["place"], material["read"]["fields"]["place"])
    }
    assert cited == {uids_for(task).shown(image().uid)}
    assert uids_for(mine).shown(image().uid) not in cited


def test_a_mark_on_an_image_of_another_case_is_refused_with_its_place(chest: Study) -> None:
    task = chest.claim("anna", ["annotate"])
    own = uids_for(task).shown
    instance = own(image().instances.first().uid)
    for wrong in (
        on(ELSEWHERE),
        on(image().uid),
        on(own(ELSEWHERE)),
        on(own(image().uid), sop=own(ELSEWHERE)),
        on(instance),
    ):
        with pytest.raises(InvalidInput) as refused:
            chest.submit("anna", task, answer(wrong))
        (fault,) = refused.value.extra["faults"]
        assert fault["code"] == "not_of_this_case"
        assert fault["path"].startswith("/fields/place/on/")
    chest.submit("anna", task, answer(on(own(image().uid), sop=instance)))


def test_a_service_without_its_key_names_no_image_and_works_where_there_are_none(
    chest: Study, settings: Any
) -> None:
    chest.register("bare", shown={"spacing": SPACING, "place": on("1.2.3")})
    read(chest, "anna")
    settings.IMAGES_KEY = ""
    task = chest.claim("anna", ["annotate"])
    assert shown(CaseUnit(chest.acting("anna"), task.case), task).material["case"]["place"] == on("1.2.3")
    chest.submit("anna", task, answer(on("1.2.3")))
    task = chest.claim("bob", ["annotate"])
    with pytest.raises(NotOpened):
        shown(CaseUnit(chest.acting("bob"), task.case), task)


def test_a_case_without_images_keeps_whatever_its_marks_name(chest: Study) -> None:
    chest.register("bare", shown={"spacing": SPACING, "place": on("1.2.3")})
    read(chest, "anna")
    task = chest.claim("anna", ["annotate"])
    assert shown(CaseUnit(chest.acting("anna"), task.case), task).material["case"]["place"] == on("1.2.3")
    chest.submit("anna", task, answer(on("2.25.9")))
    assert Read.objects.get(case=chest.case("bare")).content.data["fields"]["place"] == on("2.25.9")


def test_a_readers_case_tells_its_spacing_by_their_own_names_too(chest: Study) -> None:
    told = {"spacing": [{"series": image().uid, "x": "1", "y": "1"}]}
    task = chest.claim("anna", ["annotate"])
    assert told_to_holder(told, task.case, task)["spacing"][0]["series"] == uids_for(task).shown(image().uid)
