"""Whatever the database holds: the claim gives each person what a plan gives them, and refuses what the plan kept."""

import random

import pytest
from django.db import connection, transaction

from accounts.models import Credential
from audit.log import Reason
from provenance.replay import replay
from tasks.assigning.rebalancing import Preview, apply, preview
from tasks.leases import claim, release, skip
from tasks.models import Task
from tasks.planning.eligibility import obstacle
from tests.people import Study, labels, study, with_protocol
from tests.rules import broken_rules

pytestmark = pytest.mark.django_db(transaction=True)
READERS = ("anna", "bob", "cleo", "jin", "jana", "sana")


@pytest.mark.parametrize("seed", range(4))
def test_the_claim_and_the_planner_agree_on_who_may_take_what(seed: int) -> None:
    chest = _worked_on(random.Random(seed), distinct_reviewers=bool(seed % 2))
    plan = preview(acting=chest.acting("maria"))
    assert plan.plan.assignment
    for task in plan.asked.question.tasks:
        for person in plan.asked.question.people:
            may = obstacle(person, task) is None
            assert _claims(chest, person.id, task.id) == may, (person, task)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_applied_at_any_moment_leaves_every_rule_whole(seed: int) -> None:
    chance = random.Random(100 + seed)
    chest = _worked_on(chance, distinct_reviewers=bool(seed % 2))
    before = _applied(chest)
    assert all(load.filled_after is None or load.filled_after <= 1 for load in before.plan.people)
    assert broken_rules(chest.project) == []
    assert replay(chest.project).differences == []
    assert not preview(acting=chest.acting("maria")).changes


def _worked_on(chance: random.Random, distinct_reviewers: bool) -> Study:
    protocol = with_protocol(junior_review={"distinct_reviewers": distinct_reviewers})
    chest = study(*(f"case-{n}" for n in range(3)), protocol=protocol)
    chest.register("case-3", "case-4", needs=("modality:MR",))
    for name in ("bob", "cleo", "jana"):
        Credential.objects.filter(user=chest.members[name].user).update(modalities=["MR"])
    for _ in range(22):
        name = chance.choice(READERS)
        task = claim(acting=chest.acting(name))
        if isinstance(task, Task):
            _act(chest, chance, name, task)
        if chance.random() < 0.2:
            _applied(chest)
    return chest


def _applied(chest: Study) -> Preview:
    shown = preview(acting=chest.acting("maria"))
    return apply(acting=chest.acting("maria"), digest=shown.plan.digest)


def _act(chest: Study, chance: random.Random, name: str, task: Task) -> None:
    assert task.token is not None
    acting, what = chest.acting(name), chance.random()
    if what < 0.15:
        release(acting=acting, task_id=task.pk, token=task.token)
    elif what < 0.25 and not task.bound:
        skip(acting=acting, task_id=task.pk, token=task.token, reason=Reason("known_patient"))
    elif what < 0.85 and task.kind == "annotate":
        chest.submit(name, task, {"labels": labels(finding=chance.choice(["nodule", "mass"]))})
    elif what < 0.85 and task.kind == "review":
        returned = {"verdict": "return", "reason_code": "boundary"}
        chest.submit(name, task, returned if chance.random() < 0.3 else {"verdict": "accept"})


def _claims(chest: Study, member: str, task_id: str) -> bool:
    """Whether the person is given the task where it is all that is open; what is tried is undone."""
    name = next(name for name, found in chest.members.items() if str(found.pk) == member)
    with transaction.atomic():
        _leave_only(task_id)
        got = claim(acting=chest.acting(name))
        transaction.set_rollback(True)
    return isinstance(got, Task) and str(got.pk) == task_id


# Managers' reservations go with the parts that they made, as when a plan moves them.
TAKEN_BACK = """
{} AND t.status = 'reserved' AND NOT t.bound
AND (p.case_id, p.round, p.member_id) = (t.case_id, t.round, t.holder_id)
AND (p.outcome = 'reserved' OR NOT EXISTS (
  SELECT 1 FROM tasks_task o WHERE o.status = 'done'
  AND (o.case_id, o.round, o.holder_id) = (t.case_id, t.round, t.holder_id)))
"""
FORGOTTEN = "DELETE FROM workflow_part p USING tasks_task t WHERE p.outcome = 'reserved'"
LET_GO = "UPDATE workflow_part p SET outcome = 'released' FROM tasks_task t WHERE p.outcome = 'active'"


def _leave_only(task_id: str) -> None:
    with connection.cursor() as cursor:
        for change in (FORGOTTEN, LET_GO):
            cursor.execute(TAKEN_BACK.format(change))
    Task.objects.filter(pk=task_id).update(status="open", holder=None)
    rest = Task.objects.filter(status__in=["open", "reserved", "leased"]).exclude(pk=task_id)
    rest.update(status="withdrawn", holder=None, token=None, lease_until=None)
