"""Open work is shared out by a plan that is shown first; the claim agrees with every line of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.log import Reason
from provenance.replay import replay
from tasks.assigning.naming import assign
from tasks.assigning.rebalancing import Preview, apply, preview
from tasks.errors import StalePreview
from tasks.models import Task
from tests.people import Study, labels, study
from tests.rules import broken_rules
from workflow.errors import InvalidInput, NotAllowed
from workflow.members import declare, set_status
from workflow.models import Part, Project

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study("case-1", "case-2", "case-3")


def shown(chest: Study, **limits: float) -> Preview:
    return preview(acting=chest.acting("maria"), **limits)  # type: ignore[arg-type]


def applied(chest: Study) -> Preview:
    return apply(acting=chest.acting("maria"), digest=shown(chest).plan.digest)


def names(chest: Study, plan: Preview) -> dict[str, int]:
    by_id = {str(member.pk): name for name, member in chest.members.items()}
    return {by_id[load.person]: load.tasks_after for load in plan.plan.people}


def sound(chest: Study) -> None:
    assert broken_rules(chest.project) == []
    assert replay(chest.project).differences == []


def test_a_preview_shares_out_evenly_and_changes_nothing(chest: Study) -> None:
    plan = shown(chest)
    assert names(chest, plan) == {
        "anna": 2, "bob": 2, "cleo": 2, "jin": 0, "jana": 0, "jules": 0, "sana": 0,
    }  # fmt: skip
    assert {change.to for change in plan.changes} == {chest.members[n].pk for n in ("anna", "bob", "cleo")}
    assert not Task.objects.exclude(status="open").exists()


def test_what_is_applied_is_what_was_shown_and_each_reservation_is_its_holders(chest: Study) -> None:
    before = shown(chest)
    after = apply(acting=chest.acting("maria"), digest=before.plan.digest)
    assert after.plan.assignment == before.plan.assignment
    held = Task.objects.filter(status="reserved", bound=False).values_list("pk", "holder")
    assert {str(task): str(holder) for task, holder in held} == before.plan.assignment
    sound(chest)
    task = chest.claim("anna")
    assert before.plan.assignment[str(task.pk)] == str(chest.members["anna"].pk)
    assert Part.objects.get(member=chest.members["anna"], case=task.case).outcome == "active"
    sound(chest)


def test_a_preview_that_is_no_longer_true_is_refused(chest: Study) -> None:
    stale = shown(chest).plan.digest
    chest.claim("anna")
    with pytest.raises(StalePreview):
        apply(acting=chest.acting("maria"), digest=stale)
    assert not Task.objects.filter(status="reserved").exists()


def test_reservations_of_somebody_who_is_away_move_and_leave_no_part(chest: Study) -> None:
    applied(chest)
    anna = chest.members["anna"]
    before = Task.objects.filter(holder=anna).count()
    declare(acting=chest.acting("maria"), member=anna, capacity_per_day=0)
    assert before == 2
    plan = applied(chest)
    assert names(chest, plan) == {
        "anna": 0, "bob": 3, "cleo": 3, "jin": 0, "jana": 0, "jules": 0, "sana": 0,
    }  # fmt: skip
    assert not Part.objects.filter(member=anna).exists()
    sound(chest)
    set_status(acting=chest.acting("maria"), member=anna, status="paused", reason=Reason("on_leave"))
    assert "anna" not in names(chest, shown(chest))


def test_a_reservation_that_is_not_begun_in_time_is_anybodys_until_it_is_renewed(chest: Study) -> None:
    applied(chest)
    tasks = Task.objects.filter(status="reserved")
    assert all(task.start_by and task.start_by > timezone.now() + timedelta(hours=47) for task in tasks)
    tasks.update(start_by=timezone.now() - timedelta(hours=1))
    assert len(applied(chest).changes) == 6
    assert all(task.start_by and task.start_by > timezone.now() for task in tasks.all())
    assert not shown(chest).changes
    tasks.filter(holder=chest.members["bob"]).update(start_by=timezone.now() - timedelta(hours=1))
    for _ in range(3):
        chest.submit("anna", chest.claim("anna"), {"labels": labels()})
    assert Task.objects.filter(holder=chest.members["anna"], status="done").count() == 3
    sound(chest)


def test_only_managers_plan(chest: Study) -> None:
    with pytest.raises(NotAllowed):
        preview(acting=chest.acting("anna"))
    with pytest.raises(NotAllowed):
        apply(acting=chest.acting("aud"), digest="sha256:")
    with pytest.raises(InvalidInput):
        shown(chest, days=0)


def test_asking_takes_a_fixed_number_of_queries(chest: Study) -> None:
    applied(chest)
    with CaptureQueriesContext(connection) as few:
        shown(chest)
    chest.register("case-4", "case-5", "case-6", "case-7")
    with CaptureQueriesContext(connection) as many:
        shown(chest)
    assert len(few) == len(many)


def test_applying_takes_the_same_statements_whatever_is_applied(chest: Study) -> None:
    counts = []
    for of in (chest, study(*(f"case-{n}" for n in range(9)), slug="knee")):
        wanted = shown(of).plan.digest
        with CaptureQueriesContext(connection) as made:
            apply(acting=of.acting("maria"), digest=wanted)
        counts.append(len(made))
    assert counts[0] == counts[1]


def test_named_tasks_go_to_one_person_each_for_itself(chest: Study) -> None:
    tasks = list(Task.objects.order_by("case__external_ref", "slot"))
    begun = chest.claim("bob")
    rows = assign(
        acting=chest.acting("maria"), task_ids=[task.pk for task in tasks], to=chest.members["anna"]
    )
    told = [row.code or "assigned" for row in rows]
    assert sorted(told) == ["assigned"] * 3 + ["not_free"] + ["part"] * 2
    assert rows[[task.pk for task in tasks].index(begun.pk)].code == "not_free"
    assert Task.objects.filter(holder=chest.members["anna"], status="reserved", bound=False).count() == 3
    again = assign(acting=chest.acting("maria"), task_ids=[tasks[2].pk], to=chest.members["anna"])
    assert again[0].code in ("theirs_already", "part")
    moved = assign(
        acting=chest.acting("maria"), task_ids=[tasks[2].pk, tasks[3].pk], to=chest.members["cleo"]
    )
    assert [row.assigned for row in moved] == [True, False]
    sound(chest)


def test_what_somebody_may_not_take_is_refused_with_a_sentence(chest: Study) -> None:
    task = Task.objects.first()
    assert task is not None
    [row] = assign(acting=chest.acting("maria"), task_ids=[task.pk], to=chest.members["jin"])
    assert (row.assigned, row.code, row.detail) == (
        False,
        "kind",
        "This person doesn't do this kind of task.",
    )
    with pytest.raises(InvalidInput):
        assign(acting=chest.acting("maria"), task_ids=[task.pk], to=chest.members["aud"])


def test_nobody_is_given_more_than_their_share(chest: Study) -> None:
    Project.objects.update(settings={"most_share": "0.34"})
    chest.project.settings = {"most_share": "0.34"}
    chest.members["maria"].project.settings = {"most_share": "0.34"}
    plan = shown(chest)
    assert all(load.tasks_after <= 1 for load in plan.plan.people)
    assert plan.plan.reasons == {"share": 3}
    ids = Task.objects.filter(slot=1).values_list("pk", flat=True)
    chest.members["anna"].project.settings = {"most_share": "0.34"}
    rows = assign(acting=chest.acting("maria"), task_ids=list(ids), to=chest.members["anna"])
    assert [row.code for row in rows] == ["", "share", "share"]
