"""A task kept ahead: what the claim would hand out next, left to its person as long as others have something else."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.log import Reason
from audit.models import Event
from tasks.ahead import LASTS, keep_ahead, kept_for
from tasks.assigning.naming import assign
from tasks.errors import LeaseLost
from tasks.leases import claim, release, skip, take_reserved
from tasks.models import Task, Worker
from tasks.why import Why
from tests.crowd import all_at_once
from tests.people import Study, labels, study, with_protocol
from workflow.managing import hold, resume
from workflow.models import Case, Part
from workflow.unit import on_case

pytestmark = pytest.mark.django_db(transaction=True)
ONE_READ = with_protocol(reads={"rule": "unanimous", "count": 1, "max": 1})
WHY = Reason("as_planned", "So that the test can go on.")


@pytest.fixture
def chest() -> Study:
    """Three cases, one read each."""
    return study("case-1", "case-2", "case-3", protocol=ONE_READ)


def ahead(of: Study, name: str) -> Task | None:
    """Keep ahead what comes after the task in a person's hands."""
    task = Task.objects.get(holder=of.members[name], status="leased")
    assert task.token is not None
    return keep_ahead(acting=of.acting(name), task_id=task.pk, token=task.token)


def keep_ahead_of(of: Study, task: Task) -> Task | None:
    """Keep ahead what comes after one of the tasks in Anna's hands."""
    task.refresh_from_db()
    assert task.token is not None
    return keep_ahead(acting=of.acting("anna"), task_id=task.pk, token=task.token)


def kept(of: Study, name: str) -> Task:
    task = ahead(of, name)
    assert task is not None
    assert is_kept(of, name, task)
    return task


def is_kept(of: Study, name: str, task: Task) -> bool:
    member = of.members[name]
    return kept_for(task.pk, member.user_id) == member.pk


def submit_held(of: Study, name: str) -> None:
    task = Task.objects.get(holder=of.members[name], status="leased")
    of.submit(name, task, {"labels": labels()})


def test_what_is_kept_is_claimed_next_and_nothing_else_has_changed(chest: Study) -> None:
    chest.claim("anna")
    before = list(Task.objects.order_by("pk").values()), Event.objects.count(), Part.objects.count()
    task = kept(chest, "anna")
    assert (list(Task.objects.order_by("pk").values()), Event.objects.count(), Part.objects.count()) == before
    assert task.status == "open"
    until = Worker.objects.get().ahead_until
    assert until is not None
    assert timedelta(0) < until - timezone.now() <= LASTS
    assert kept(chest, "anna").pk == task.pk, "asking again changes nothing"
    submit_held(chest, "anna")
    assert not is_kept(chest, "anna", task), "she has nothing in hand"
    assert chest.claim("anna").pk == task.pk
    assert Worker.objects.get().ahead is None


def test_others_pass_it_over_while_there_is_other_work_and_take_it_when_there_is_none(chest: Study) -> None:
    first = chest.claim("anna")
    task = kept(chest, "anna")
    other = chest.claim("bob")
    assert other.pk not in (first.pk, task.pk)
    assert ahead(chest, "bob") is None, "it is kept for somebody else already"
    assert Worker.objects.get(member=chest.members["bob"]).ahead is None
    submit_held(chest, "bob")
    assert chest.claim("bob").pk == task.pk
    assert not is_kept(chest, "anna", task)
    submit_held(chest, "anna")
    assert isinstance(claim(acting=chest.acting("anna")), Why)


def lets_go(of: Study, task: Task) -> None:
    assert task.token is not None
    release(acting=of.acting("anna"), task_id=task.pk, token=task.token)


def lapses(of: Study, task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(lease_until=timezone.now())


def passes_on(of: Study, task: Task) -> None:
    assert task.token is not None
    skip(
        acting=of.acting("anna"),
        task_id=task.pk,
        token=task.token,
        reason=Reason("recognised", "I know her."),
    )


def forgets(of: Study, task: Task) -> None:
    Worker.objects.update(ahead_until=timezone.now())


@pytest.mark.parametrize("ends", [lets_go, lapses, passes_on, forgets])
def test_it_ends_with_what_is_in_hand_and_with_its_time(
    chest: Study, ends: Callable[[Study, Task], None]
) -> None:
    first = chest.claim("anna")
    task = kept(chest, "anna")
    ends(chest, first)
    assert not is_kept(chest, "anna", task)
    Task.objects.filter(pk=task.pk).update(due_at=timezone.now() - timedelta(hours=1))
    assert chest.claim("bob").pk == task.pk


def test_whatever_becomes_of_the_task_ends_it(chest: Study) -> None:
    chest.claim("anna")
    task, maria = kept(chest, "anna"), chest.acting("maria")
    with on_case(maria, task.case_id) as unit:
        hold(unit, reason=WHY)
    assert not is_kept(chest, "anna", task)
    with on_case(maria, task.case_id) as unit:
        resume(unit)
    assign(acting=maria, task_ids=[task.pk], to=chest.members["bob"])
    assert not is_kept(chest, "anna", task)
    assert ahead(chest, "anna") is not None, "another comes next"


def test_what_is_reserved_for_somebody_is_kept_ahead_like_any_other(chest: Study) -> None:
    first = chest.claim("anna")
    later = Task.objects.exclude(pk=first.pk).latest("rank")
    assign(acting=chest.acting("maria"), task_ids=[later.pk], to=chest.members["anna"])
    assert kept(chest, "anna").pk == later.pk
    submit_held(chest, "anna")
    assert chest.claim("anna").pk == later.pk


def test_what_is_more_urgent_comes_before_it(chest: Study) -> None:
    chest.claim("anna")
    task = kept(chest, "anna")
    urgent = Task.objects.filter(status="open").exclude(pk=task.pk).get()
    Task.objects.filter(pk=urgent.pk).update(due_at=timezone.now() - timedelta(hours=1))
    submit_held(chest, "anna")
    assert chest.claim("anna").pk == urgent.pk
    assert not is_kept(chest, "anna", task)
    assert kept(chest, "anna").pk == task.pk


def test_nothing_is_kept_for_whoever_may_begin_nothing_new_or_has_something_else_in_hand(
    chest: Study,
) -> None:
    chest.claim("anna")
    member = chest.members["anna"]
    member.capacity_per_day = 1
    assert ahead(chest, "anna") is None
    member.refresh_from_db()
    task = kept(chest, "anna")
    assign(acting=chest.acting("maria"), task_ids=[task.pk], to=member)
    take_reserved(acting=chest.acting("anna"), task=Task.objects.get(pk=task.pk))
    assert keep_ahead_of(chest, task) is None


def test_only_the_holder_of_a_live_lease_has_something_kept(chest: Study) -> None:
    task = chest.claim("anna")
    assert task.token is not None
    with pytest.raises(LeaseLost):
        keep_ahead(acting=chest.acting("bob"), task_id=task.pk, token=task.token)
    with pytest.raises(LeaseLost):
        keep_ahead(acting=chest.acting("anna"), task_id=task.pk, token=uuid4())
    lapses(chest, task)
    with pytest.raises(LeaseLost):
        keep_ahead(acting=chest.acting("anna"), task_id=task.pk, token=task.token)


def test_the_database_keeps_nothing_without_an_end(chest: Study) -> None:
    chest.claim("anna")
    for half in ({"ahead": uuid4()}, {"ahead_until": timezone.now()}):
        with pytest.raises(IntegrityError, match="kept_ahead_until_a_time"), transaction.atomic():
            Worker.objects.update(**half)


def test_two_who_look_ahead_at_once_are_kept_different_tasks_and_nobody_claims_them() -> None:
    chest = study(*(f"case-{n}" for n in range(6)), protocol=ONE_READ)
    for name in ("anna", "bob"):
        chest.claim(name)
    found = all_at_once([lambda: ahead(chest, "anna"), lambda: ahead(chest, "bob")])
    tasks = [task.pk for task in found if task is not None]
    assert len(set(tasks)) == len(tasks)
    got = all_at_once([lambda: ahead(chest, "anna"), lambda: chest.claim("cleo")])
    assert got[0] is not None
    assert got[1] is not None
    assert got[0].pk != got[1].pk
    assert Case.objects.filter(tasks__status="leased").count() == 3


def test_the_same_person_claims_in_another_tab_while_the_page_looks_ahead(chest: Study) -> None:
    first = chest.claim("anna")
    kept_one, claimed = all_at_once([lambda: ahead(chest, "anna"), lambda: chest.claim("anna")])
    assert claimed is not None
    assert claimed.pk == first.pk, "it is resumed"
    assert kept_one is not None
    assert is_kept(chest, "anna", kept_one)
