"""Readers are told of what becomes theirs, and of a newer guideline; never of what is nobody's business."""

import pytest

from tasks.assigning.naming import assign
from tasks.completing import recall
from tasks.models import Task
from tests.people import Study, publish_new_guideline, study
from workflow.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def chest() -> Study:
    return study("case-1", "case-2")


def told(chest: Study, name: str) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(member=chest.members[name]).values_list("kind", "text"))


def test_a_reader_is_told_that_a_read_came_back() -> None:
    chest = study("case-1")
    for reader in ("anna", "bob"):
        chest.read(reader)
    chest.review("jin", "return")
    chest.review("jana")
    back = Task.objects.get(returned=True)
    notice = Notice.objects.get(kind="returned")
    assert notice.member == back.holder
    assert (notice.text, notice.link) == ("A read of yours came back to you, with comments.", "/work/")


def test_nobody_is_told_of_what_they_recalled_themselves(chest: Study) -> None:
    task = chest.read("anna")
    recall(acting=chest.acting("anna"), task_id=task.pk)
    assert not Notice.objects.filter(kind="returned").exists()


def test_work_that_is_reserved_for_somebody_is_told_to_them_once(chest: Study) -> None:
    tasks = [
        case.tasks.filter(kind="annotate").first() for case in (chest.case("case-1"), chest.case("case-2"))
    ]
    wanted = [task.pk for task in tasks if task]
    assign(acting=chest.acting("maria"), task_ids=wanted, to=chest.members["cleo"])
    assert told(chest, "cleo") == [("reserved", "2 pieces of work were reserved for you.")]
    assign(acting=chest.acting("maria"), task_ids=wanted, to=chest.members["cleo"])
    assert len(told(chest, "cleo")) == 1
    assert told(chest, "anna") == []


def test_readers_are_told_of_a_newer_guideline_and_not_of_the_first(chest: Study) -> None:
    assert not Notice.objects.filter(kind="guideline_published").exists()
    publish_new_guideline(chest)
    names = Notice.objects.filter(kind="guideline_published").values_list("member__user__username", flat=True)
    assert sorted(names) == ["anna", "bob", "cleo", "jana", "jin", "jules", "sana"]
