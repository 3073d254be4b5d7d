"""A plan keeps time free for what open work will call for, and gives out first what each should begin with."""

from dataclasses import replace

import pytest

from tasks.planning.coming import with_coming
from tasks.planning.plan import balance, soon
from tasks.planning.question import OpenTask, Person, Question, digest

USUAL = {"annotate": 10.0, "review": 10.0, "arbitrate": 15.0}
CHAIN = {"annotate": {"review": 1.0}, "review": {"annotate": 0.25, "arbitrate": 0.1}}
BOTH, READER = frozenset({"annotate", "review"}), frozenset({"annotate"})


def reads(count: int, needs: frozenset[str] = frozenset()) -> tuple[OpenTask, ...]:
    return tuple(OpenTask(f"read-{n}-{len(needs)}", "annotate", f"case-{n}", needs) for n in range(count))


def asked(people: list[Person], tasks: tuple[OpenTask, ...], days: float = 100) -> Question:
    return Question(tuple(people), tasks, USUAL, days, len(tasks), chain=CHAIN)


def test_whoever_alone_can_do_what_follows_is_kept_for_it() -> None:
    question = asked([Person("anna", READER, 60), Person("bob", BOTH, 60)], reads(40))
    plain = balance(replace(question, chain={}))
    counts = [load.tasks_after for load in plain.people]
    assert abs(counts[0] - counts[1]) <= 1
    # 40 reads make 53 reviews, which bob alone may do: all that are open go to anna.
    assert [load.tasks_after for load in balance(question).people] == [40, 0]


def test_what_follows_is_the_chain_summed_up_for_each_need() -> None:
    neuro = frozenset({"neuro"})
    whole = with_coming(asked([], (*reads(30), *reads(6, neuro))))
    sums = {}
    for task in whole.tasks:
        if task.coming:
            sums[task.kind, task.needs] = sums.get((task.kind, task.needs), 0.0) + task.size
    reviews = {needs: sums["review", needs] for needs in (frozenset(), neuro)}
    assert reviews == pytest.approx({frozenset(): 40, neuro: 8})
    assert sums["annotate", neuro] == pytest.approx(2)
    assert sums["arbitrate", frozenset()] == pytest.approx(4)
    assert max(task.size * USUAL[task.kind] for task in whole.tasks if task.coming) <= 60


def test_what_is_only_coming_is_given_to_nobody_and_takes_no_time_from_what_is_open() -> None:
    question = asked([Person("bob", BOTH, 60)], reads(12), days=2)
    plan = balance(question)
    assert set(plan.assignment) == {task.id for task in question.tasks}
    assert plan.left == ()


def test_a_plan_is_stale_once_the_chain_has_changed() -> None:
    question = asked([Person("bob", BOTH, 60)], reads(1))
    assert digest(question) != digest(replace(question, chain={"annotate": {"review": 1.0}}))


def test_work_that_would_never_end_or_be_less_than_nothing_is_refused() -> None:
    question = asked([], reads(1))
    with pytest.raises(ValueError, match="never end"):
        replace(question, chain={"annotate": {"review": 1.0}, "review": {"annotate": 1.0}})
    with pytest.raises(ValueError, match="below 0"):
        replace(question, chain={"annotate": {"review": -1.0}})
    with pytest.raises(ValueError, match="No usual minutes are given for draw"):
        replace(question, chain={"annotate": {"draw": 1.0}})


def test_each_begins_with_the_first_of_their_tasks_until_their_minutes_are_filled() -> None:
    question = asked([Person("anna", READER, 60, {"annotate": 20.0}), Person("bob", BOTH, 60)], reads(8))
    assignment = {f"read-{n}-0": "anna" if n % 2 else "bob" for n in range(8)}
    assert soon(question, assignment, {"anna": 40.0}) == {"read-1-0": "anna", "read-3-0": "anna"}
    assert list(soon(question, assignment, {"bob": 15.0})) == ["read-0-0", "read-2-0"]
