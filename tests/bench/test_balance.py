"""Both sides of `bench balance` keep every hard rule, so that their figures can stand side by side."""

import pytest

from bench.balance import _question, last, least_filled, spread
from tasks.planning.eligibility import obstacle
from tasks.planning.plan import balance, planned


@pytest.mark.parametrize("everybody", [False, True])
def test_the_plan_and_the_baseline_keep_all_hard_rules_of_a_larger_study(everybody: bool) -> None:
    question = _question(30, 1_500, everybody)
    people = {person.id: person for person in question.people}
    tasks = {task.id: task for task in question.tasks}
    ours, plain = balance(question), planned(question, least_filled(question))
    for plan in (ours, plain):
        given = [(tasks[task], people[who]) for task, who in plan.assignment.items()]
        assert [obstacle(person, task) for task, person in given if obstacle(person, task)] == []
        assert len({(task.case, person.id) for task, person in given}) == len(given)
        assert all((load.filled_after or 0) <= 1 for load in plan.people)
        rooms = {name: question.room(person) for name, person in people.items()}
        counts = {load.person: load.tasks_after for load in plan.people}
        assert [n for n, room in rooms.items() if room is not None and counts[n] > room] == []
    assert len(ours.assignment) >= len(plain.assignment)
    assert len(ours.moves) < len(plain.moves)
    assert last(ours, question) <= last(plain, question) * 1.02
    assert spread(ours) >= 1
