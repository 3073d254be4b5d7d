"""Late work: holders are warned on their own clock, managers are told when it is due, and nobody twice."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from audit.models import Content, Event
from tasks import escalating
from tasks.escalating import escalate
from tasks.jobs import escalate_late
from tasks.leases import heartbeat
from tasks.models import Escalation, Task
from tasks.settings import change_settings
from tests.breaking import forbidden, refused
from tests.crowd import all_at_once
from tests.people import Study, study
from tests.staff import give
from workflow.models import Notice
from workflow.settings.working_hours import WEEKDAYS

pytestmark = pytest.mark.django_db(transaction=True)
ROUND_THE_CLOCK = {"hours": {day: ["00:00-24:00"] for day in WEEKDAYS}}


@pytest.fixture
def chest() -> Study:
    """Reads are due after ten hours, and holders are warned after eight."""
    chest = study("case-1", "case-2")
    changes = {"due_hours": {"annotate": 10, "review": 10}, "calendar": ROUND_THE_CLOCK}
    chest.project = change_settings(acting=chest.acting("maria"), project=chest.project, changes=changes)
    return chest


def told() -> list[tuple[str, str, str]]:
    found = Notice.objects.order_by("member__user__username", "created_at")
    return list(found.values_list("member__user__username", "kind", "text"))


def after(hours: float) -> datetime:
    return timezone.now() + timedelta(hours=hours)


def test_managers_are_told_once_of_all_that_is_due(chest: Study) -> None:
    assert escalate(after(9)) == 0
    assert escalate(after(11)) == 4
    assert escalate(after(12)) == 0
    texts = [(name, "task_overdue", "4 more tasks are overdue.") for name in ("maria", "mehmet")]
    assert told() == texts
    assert {notice.link for notice in Notice.objects.all()} == {"/projects/chest/work/?matter=overdue"}


def test_the_log_says_who_was_told_of_which_tasks(chest: Study) -> None:
    escalate(after(11))
    event = Event.objects.get(action="deviation.recorded")
    assert (event.stream_kind, event.stream_id) == ("project", chest.project.pk)
    listed = Content.objects.get(pk=event.after_digest).data["tasks"]
    assert {task["task"] for task in listed} == {str(pk) for pk in Task.objects.values_list("pk", flat=True)}
    assert set(Escalation.objects.values_list("event", flat=True)) == {event.event_id}


def test_much_that_is_late_is_told_in_one_notice_and_several_events(
    chest: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escalating, "AT_ONCE", 3)
    assert escalate(after(11)) == 4
    assert Event.objects.filter(action="deviation.recorded").count() == 2
    assert [name for name, _, _ in told()] == ["maria", "mehmet"]


def test_a_holder_is_warned_on_their_own_clock_whenever_the_task_opened(chest: Study) -> None:
    task = chest.claim("anna")
    Task.objects.filter(pk=task.pk).update(opened_at=timezone.now() - timedelta(days=30))
    Task.objects.filter(pk=task.pk).update(lease_until=after(100))
    assert escalate(after(7.9)) == 0
    assert escalate(after(8.1)) == 1
    assert escalate(after(9)) == 0
    assert told() == [("anna", "task_due_soon", "1 of your tasks is due soon.")]


def test_what_went_back_to_the_pool_warns_nobody(chest: Study) -> None:
    task = chest.claim("anna")
    assert escalate(after(8.1)) == 0  # the lease is over by then
    assert task.token is not None
    heartbeat(acting=chest.acting("anna"), task_id=task.pk, token=task.token)
    assert escalate(after(8.1)) == 0


def test_returned_work_is_warned_of_though_nobody_opened_it(chest: Study) -> None:
    for name in ("anna", "bob"):
        chest.read(name)
    chest.review("jin", "return")
    chest.review("jana")
    assert Task.objects.filter(status="reserved", holder=chest.members["anna"]).exists()
    escalate(after(8.5))
    assert ("anna", "task_due_soon", "1 of your tasks is due soon.") in told()


def test_a_task_that_waits_for_its_turn_is_not_told_of(chest: Study) -> None:
    for name in ("anna", "bob"):
        chest.read(name)
    chest.review("jin", "return")
    chest.review("jana")
    Task.objects.filter(status="reserved").update(turn=5)
    escalate(after(8.5))
    assert [kind for name, kind, _ in told() if name == "anna"] == ["returned"]


def test_held_cases_escalate_nothing(chest: Study) -> None:
    from audit.log import Reason
    from tasks.cases import hold

    hold(acting=chest.acting("maria"), case_id=chest.case("case-1").pk, reason=Reason("asked"))
    assert escalate(after(11)) == 2


def test_a_manager_who_plays_a_part_is_told_nothing_of_that_case(chest: Study) -> None:
    give(chest, "mehmet", "annotator", "manager")
    chest.claim("mehmet")
    escalate(after(11))
    assert [text for name, _, text in told() if name == "mehmet"] == ["2 more tasks are overdue."]
    assert [text for name, _, text in told() if name == "maria"] == ["4 more tasks are overdue."]


def test_two_workers_at_once_tell_everybody_once(chest: Study) -> None:
    later = after(11)
    assert sorted(all_at_once([lambda: escalate(later)] * 4)) == [0, 0, 0, 4]
    assert escalate_late() == 0
    assert [name for name, _, _ in told()] == ["maria", "mehmet"]
    assert Event.objects.filter(action="deviation.recorded").count() == 1


def test_the_database_holds_that_nobody_is_told_twice(chest: Study) -> None:
    escalate(after(11))
    one = Escalation.objects.all()[0]
    with refused("managers_are_told_once"):
        Escalation.objects.create(task=one.task, step="due", event=one.event)
    with forbidden():
        Escalation.objects.update(step="warned")
    with forbidden():
        Escalation.objects.filter(pk=one.pk).delete()
