"""Drafts: kept on the server, one per person and task, never silently overwritten."""

import pytest

from audit.models import Event
from tasks.drafts import draft_of, save_draft
from tasks.errors import DraftConflict, LeaseLost
from tasks.leases import release
from tasks.models import Draft, Task
from tests.people import Study, labels, study

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def keep(chest: Study, task: Task, data: dict[str, object], version: int, *, explicit: bool = False) -> Draft:
    assert task.token is not None
    return save_draft(
        acting=chest.acting("anna"),
        task_id=task.pk,
        token=task.token,
        data=data,
        version=version,
        explicit=explicit,
    )


def test_each_save_is_a_new_version_of_one_draft(chest: Study) -> None:
    task = chest.claim("anna")
    assert keep(chest, task, {"a": 1}, 0).version == 1
    assert keep(chest, task, {"a": 2}, 1).version == 2
    assert Draft.objects.get().data == {"a": 2}


def test_a_newer_draft_from_another_tab_is_not_overwritten(chest: Study) -> None:
    task = chest.claim("anna")
    keep(chest, task, {"a": 1}, 0)
    keep(chest, task, {"a": 2}, 1)
    with pytest.raises(DraftConflict) as refused:
        keep(chest, task, {"a": 3}, 1)
    assert refused.value.extra == {"version": 2}
    assert Draft.objects.get().data == {"a": 2}


def test_only_an_explicit_save_leaves_an_event(chest: Study) -> None:
    task = chest.claim("anna")
    keep(chest, task, {"a": 1}, 0)
    assert not Event.objects.filter(action="read.draft_saved").exists()
    keep(chest, task, {"a": 2}, 1, explicit=True)
    assert Event.objects.filter(action="read.draft_saved").count() == 1


def test_a_draft_outlives_a_release_and_ends_with_its_submission(chest: Study) -> None:
    task = chest.claim("anna")
    keep(chest, task, {"a": 1}, 0)
    release(acting=chest.acting("anna"), task_id=task.pk, token=task.token)
    with pytest.raises(LeaseLost):
        keep(chest, task, {"a": 2}, 1)
    task = chest.claim("anna")
    kept = draft_of(task, chest.acting("anna"))
    assert kept is not None
    assert kept.data == {"a": 1}
    chest.submit("anna", task, {"labels": labels()})
    assert not Draft.objects.exists()


def test_a_draft_is_its_writers_alone(chest: Study) -> None:
    task = chest.claim("anna")
    keep(chest, task, {"a": 1}, 0)
    assert draft_of(task, chest.acting("bob")) is None
    with pytest.raises(LeaseLost):
        save_draft(acting=chest.acting("bob"), task_id=task.pk, token=task.token, data={}, version=0)
