"""The planner: its hard rules hold whatever is asked, and its balance is near the best there is."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.planning.eligibility import obstacle
from tasks.planning.plan import Plan, balance
from tasks.planning.question import OpenTask, Person, Question, digest

READER, REVIEWER = frozenset({"annotate"}), frozenset({"review"})
USUAL = {"annotate": 10.0, "review": 5.0}


def reads(count: int, **more: object) -> tuple[OpenTask, ...]:
    return tuple(OpenTask(f"read-{n}", "annotate", f"case-{n}", **more) for n in range(count))  # type: ignore[arg-type]


def asked(people: list[Person], tasks: tuple[OpenTask, ...], **more: float) -> Question:
    return Question(tuple(people), tasks, USUAL, **{"days": 10, "cases": len(tasks), **more})  # type: ignore[arg-type]


@st.composite
def questions(draw: st.DrawFn) -> Question:
    names = ["anna", "bob", "cleo", "jin"][: draw(st.integers(1, 4))]
    few = st.frozensets(st.sampled_from(["neuro", "ct"]), max_size=2)
    people = [
        Person(
            name,
            draw(st.frozensets(st.sampled_from(["annotate", "review"]))),
            draw(st.sampled_from([0, 1, 3, 6])),
            {k: float(draw(st.integers(3, 20))) for k in draw(st.frozensets(st.sampled_from(list(USUAL))))},
            in_hand_minutes=draw(st.sampled_from([0, 0, 15])),
            tags=draw(few),
            conflicts=draw(st.frozensets(st.sampled_from(["north", "south"]), max_size=1)),
            share=draw(st.sampled_from([None, None, 0.3])),
        )
        for name in names
    ]
    tasks = [
        OpenTask(
            f"task-{n}", draw(st.sampled_from(list(USUAL))), f"case-{draw(st.integers(0, 3))}",
            draw(few) if draw(st.booleans()) else frozenset(),
            draw(st.sampled_from(["", "north", "south"])),
            draw(st.frozensets(st.sampled_from(names), max_size=1)),
            draw(st.sampled_from([1.0, 1.0, 2.5])),
            draw(st.integers(0, 2)),
            draw(st.sampled_from([None, *names, "gone"])),
        )
        for n in range(draw(st.integers(0, 9)))
    ]  # fmt: skip
    return Question(tuple(people), tuple(tasks), USUAL, days=10, cases=10, seed=draw(st.integers(0, 3)))


def broken(question: Question, assignment: dict[str, str]) -> list[str]:
    """Every hard rule that an assignment breaks."""
    tasks = {task.id: task for task in question.tasks}
    found = []
    for person in question.people:
        mine = [tasks[task] for task, who in assignment.items() if who == person.id]
        minutes = sum(person.pace.get(t.kind, USUAL[t.kind]) * t.size for t in mine)
        found += [f"{person.id} {why}" for task in mine if (why := obstacle(person, task))]
        if len({task.case for task in mine}) < len(mine):
            found.append(f"{person.id} twice in a case")
        if mine and person.in_hand_minutes + minutes > person.minutes_per_day * question.days + 1e-6:
            found.append(f"{person.id} has no time")
        if person.share is not None and len(mine) > person.share * question.cases + 1e-9:
            found.append(f"{person.id} over their share")
    return found


@settings(deadline=None, max_examples=150)
@given(questions())
def test_no_plan_breaks_a_hard_rule_and_every_task_is_in_it(question: Question) -> None:
    plan = balance(question)
    assert broken(question, dict(plan.assignment)) == []
    left = {one.task for one in plan.left}
    assert left | set(plan.assignment) == {task.id for task in question.tasks}
    assert not left & set(plan.assignment)
    assert all(sum(one.reasons.values()) == len(question.people) for one in plan.left)


@settings(deadline=None, max_examples=100)
@given(questions())
def test_nobody_is_free_for_a_task_that_is_left(question: Question) -> None:
    plan = balance(question)
    for left in plan.left:
        for person in question.people:
            assert broken(question, {**plan.assignment, left.task: person.id})


@settings(deadline=None, max_examples=60)
@given(questions(), st.randoms(use_true_random=False))
def test_the_order_in_which_people_and_tasks_come_changes_nothing(question: Question, chance: object) -> None:
    people, tasks = list(question.people), list(question.tasks)
    chance.shuffle(people), chance.shuffle(tasks)  # type: ignore[attr-defined]
    assert balance(replace(question, people=tuple(people), tasks=tuple(tasks))) == balance(question)


def cost(question: Question, assignment: dict[str, str], more: float = 0.0) -> float:
    """The cost that the planner states, for people of usual pace; with so many minutes more for everybody."""
    time = {p.id: p.minutes_per_day * question.days for p in question.people}
    load = dict.fromkeys(time, more)
    for task in question.tasks:
        if task.id in assignment:
            load[assignment[task.id]] += USUAL[task.kind] * task.size
    even = sum(USUAL[task.kind] for task in question.tasks) / sum(time.values())
    levels = {name: load[name] / time[name] / even for name in time}
    return sum(
        time[n] * even * (level**7 / 7 if level <= 2 else 2**7 / 7 + 64 * (level - 2) + 16 * (level - 2) ** 2)
        for n, level in levels.items()
    )


@st.composite
def fair_questions(draw: st.DrawFn) -> Question:
    """Up to four people with time enough, and up to six tasks of one size, some of the same case."""
    names = ["anna", "bob", "cleo", "jin"][: draw(st.integers(2, 4))]
    people = [
        Person(
            name, READER, draw(st.sampled_from([60, 120, 240])), tags=draw(st.frozensets(st.just("neuro")))
        )
        for name in names
    ]
    tasks = [
        OpenTask(
            f"task-{n}", "annotate", f"case-{draw(st.integers(0, 3))}", draw(st.frozensets(st.just("neuro"))),
            parts=draw(st.frozensets(st.sampled_from(names), max_size=1)),
        )
        for n in range(draw(st.integers(1, 6)))
    ]  # fmt: skip
    return Question(tuple(people), tuple(tasks), USUAL, days=10, cases=10)


@settings(deadline=None, max_examples=60)
@given(fair_questions())
def test_no_assignment_gives_out_more_or_is_much_fairer(question: Question) -> None:
    plan = dict(balance(question).assignment)
    ways = product([None, *(p.id for p in question.people)], repeat=len(question.tasks))
    chosen = ({t.id: who for t, who in zip(question.tasks, way, strict=True) if who} for way in ways)
    allowed = [way for way in chosen if not broken(question, way)]
    most = max(len(way) for way in allowed)
    best = min((way for way in allowed if len(way) == most), key=lambda way: cost(question, way))
    assert len(plan) == most
    # Fractions are rounded: less than a task of 10 minutes per person away from the best.
    assert cost(question, plan) < cost(question, best, more=10.0)
    moved = ({**plan, task: p.id} for task in plan for p in question.people)
    assert all(
        cost(question, way) >= cost(question, plan) - 1e-6 for way in moved if not broken(question, way)
    )


def counts(plan: Plan) -> dict[str, int]:
    return {load.person: load.tasks_after for load in plan.people}


def test_shares_follow_capacity_and_pace() -> None:
    people = [
        Person("anna", READER, 120),
        Person("bob", READER, 60),
        Person("cleo", READER, 120, {"annotate": 20.0}),
    ]
    plan = balance(asked(people, reads(100)))
    assert counts(plan) == {"anna": 50, "bob": 25, "cleo": 25}
    assert [round(load.filled_after or 0, 3) for load in plan.people] == [0.417, 0.417, 0.417]


def test_what_only_one_can_do_goes_to_them_and_the_rest_to_the_others() -> None:
    neuro = tuple(OpenTask(f"neuro-{n}", "annotate", f"rare-{n}", frozenset({"neuro"})) for n in range(10))
    people = [Person("anna", READER, 60, tags=frozenset({"neuro"})), Person("bob", READER, 60)]
    plan = balance(asked(people, (*reads(10), *neuro)))
    assert counts(plan) == {"anna": 10, "bob": 10}
    assert {plan.assignment[task.id] for task in neuro} == {"anna"}


def test_reservations_stay_unless_somebody_else_has_clearly_more_time() -> None:
    people = [Person("anna", READER, 60), Person("bob", READER, 60)]
    even = tuple(replace(task, reserved_for=("anna", "bob")[n % 2]) for n, task in enumerate(reads(40)))
    assert balance(asked(people, even)).moves == ()
    uneven = tuple(replace(task, reserved_for="anna") for task in reads(40))
    moves = balance(asked(people, uneven, worth=0)).moves
    assert (len(moves), {move.to for move in moves}) == (20, {"bob"})
    assert balance(asked(people, uneven, worth=20)).moves == ()


def test_a_reservation_of_somebody_who_may_no_longer_read_it_moves() -> None:
    people = [Person("anna", READER, 60, conflicts=frozenset({"north"})), Person("bob", READER, 60)]
    plan = balance(asked(people, reads(1, site="north", reserved_for="anna")))
    assert [(move.task, move.giver, move.to) for move in plan.moves] == [("read-0", "anna", "bob")]


def test_two_reads_and_a_review_of_each_case_go_to_different_people() -> None:
    everything = READER | REVIEWER
    people = [Person(name, everything, 60) for name in ("anna", "bob", "cleo")]
    tasks = tuple(
        OpenTask(f"{kind}-{slot}-{n}", kind, f"case-{n}")
        for n in range(12)
        for kind, slot in (("annotate", 1), ("annotate", 2), ("review", 1))
    )
    plan = balance(asked(people, tasks))
    assert counts(plan) == {"anna": 12, "bob": 12, "cleo": 12}
    assert broken(asked(people, tasks), dict(plan.assignment)) == []


def test_when_time_is_short_the_urgent_is_given_out_and_the_rest_says_why() -> None:
    urgent = tuple(replace(task, priority=int(n >= 7)) for n, task in enumerate(reads(10)))
    people = [Person("anna", READER, 3), Person("jin", REVIEWER, 600)]
    plan = balance(asked(people, urgent))
    assert set(plan.assignment) == {"read-7", "read-8", "read-9"}
    assert [dict(left.reasons) for left in plan.left] == [{"kind": 1, "time": 1}] * 7
    assert plan.reasons == {"time": 7}


def test_nobody_gets_more_than_their_share_of_the_dataset() -> None:
    people = [Person("anna", READER, 600, share=0.29, taken=9), Person("bob", READER, 1)]
    plan = balance(asked(people, reads(50), cases=100))
    assert counts(plan) == {"anna": 20, "bob": 1}
    assert {tuple(left.reasons.items()) for left in plan.left} == {(("share", 1), ("time", 1))}


def test_a_plan_is_stale_once_anything_that_was_asked_has_changed() -> None:
    people = [Person("anna", READER, 60, {"annotate": 9.0}), Person("bob", READER, 60)]
    question = asked(people, reads(3))
    assert (
        balance(question).digest == digest(question) == digest(replace(question, tasks=question.tasks[::-1]))
    )
    others = [
        replace(question, days=9),
        replace(question, tasks=question.tasks[1:]),
        replace(question, people=(people[0], replace(people[1], in_hand=1))),
        replace(question, tasks=(replace(question.tasks[0], reserved_for="bob"), *question.tasks[1:])),
    ]
    assert len({digest(other) for other in (question, *others)}) == 5


@pytest.mark.parametrize("people", [[], [Person("anna", READER, 0)]])
def test_without_people_with_time_all_is_left(people: list[Person]) -> None:
    assert len(balance(asked(people, reads(2))).left) == 2


def test_a_question_that_makes_no_sense_is_refused() -> None:
    anna = Person("anna", READER, 60)
    with pytest.raises(ValueError, match="same id: anna"):
        asked([anna, anna], reads(1))
    with pytest.raises(ValueError, match="No usual minutes are given for draw"):
        asked([anna], (OpenTask("a", "draw", "case"),))
    with pytest.raises(ValueError, match="above 0"):
        asked([replace(anna, pace={"annotate": 0.0})], reads(1))
    with pytest.raises(ValueError, match="below 0"):
        asked([replace(anna, minutes_per_day=-1)], reads(1))
