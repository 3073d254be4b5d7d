"""`bench balance`: share open tasks out among people, beside giving each task to whoever has least to do."""

import random
import time
from collections.abc import Callable, Mapping
from functools import cache

from tasks.planning.eligibility import obstacle
from tasks.planning.plan import Plan, balance, planned
from tasks.planning.question import OpenTask, Person, Question

from .bench import Bench
from .figures import Figure

SECONDS = 10
USUAL = {"annotate": 10.0, "review": 6.0, "arbitrate": 15.0}
GREEDY = (
    "each task in turn to whoever may take it and has the least of their time filled, reservations unseen"
)
_Parts = tuple[tuple[str, tuple[str, ...]], ...]


def measure(bench: Bench) -> list[Figure]:
    """The same made-up study for both, in turns: most people have one role, then everybody has two."""
    figures = []
    for everybody, told in ((False, "most with one role"), (True, "all with two roles")):
        question = _question(*bench.scale.balanced, everybody)
        bench.say(f"sharing out {len(question.tasks):,} tasks, {told}")
        figures += _figures(bench, question, f"{len(question.people)} × {len(question.tasks):,}, {told}")
    return figures


def _figures(bench: Bench, question: Question, name: str) -> list[Figure]:
    ours, greedy, plans = [], [], []
    for _ in range(bench.rounds):
        ours.append(_seconds(lambda: plans.append(balance(question))))
        greedy.append(_seconds(lambda: plans.append(planned(question, least_filled(question)))))
    best, plain = plans[-2:]
    met = max(ours) < SECONDS
    told = [
        Figure(f"balance {name}", "s", ours, greedy, GREEDY, f"under {SECONDS} s", met),
        Figure(f"fullest by mean, {name}", "ratio", [spread(best)], [spread(plain)], GREEDY),
        Figure(f"reservations moved, {name}", "tasks", [len(best.moves)], [len(plain.moves)], GREEDY),
    ]
    for what, unit, of in (("until the last is done", "days", last), ("time in all", "hours", hours)):
        told.append(Figure(f"{what}, {name}", unit, [of(best, question)], [of(plain, question)], GREEDY))
    return told


def last(plan: Plan, question: Question) -> float:
    """Working days until the fullest person is done."""
    return question.days * max(load.filled_after or 0.0 for load in plan.people)


def hours(plan: Plan, question: Question) -> float:
    """Everybody's time together."""
    return sum(load.minutes_after for load in plan.people) / 60


def spread(plan: Plan) -> float:
    """How full the fullest person's time is, by the mean of all."""
    filled = [load.filled_after or 0.0 for load in plan.people]
    return max(filled) * len(filled) / sum(filled)


def least_filled(question: Question) -> Mapping[str, str]:
    """The baseline: one task after another, within all hard rules."""
    filled = {p.id: p.in_hand_minutes for p in question.people}
    counts = dict.fromkeys(filled, 0)
    cases: dict[str, set[str]] = {}
    found: dict[str, str] = {}

    @cache
    def able(kind: str, needs: frozenset[str], site: str, parts: frozenset[str]) -> tuple[Person, ...]:
        asked = OpenTask("", kind, "", needs, site, parts)
        return tuple(p for p in question.people if p.minutes_per_day and obstacle(p, asked) is None)

    for task in question.tasks:
        taken = cases.setdefault(task.case, set())
        free = [
            p
            for p in able(task.kind, task.needs, task.site, task.parts)
            if p.id not in taken
            and filled[p.id] + question.minutes(p, task.kind, task.size) <= question.limit(p)
            and ((room := question.room(p)) is None or counts[p.id] < room)
        ]
        if free:
            taker = min(free, key=lambda p: filled[p.id] / question.limit(p))
            filled[taker.id] += question.minutes(taker, task.kind, task.size)
            counts[taker.id] += 1
            taken.add(taker.id)
            found[task.id] = taker.id
    return found


def _question(people: int, tasks: int, everybody: bool) -> Question:
    chance = random.Random(11)  # noqa: S311
    staff = tuple(_person(chance, n, people, everybody) for n in range(people))
    made: list[OpenTask] = []
    while len(made) < tasks:
        made += _case(chance, len(made), staff)
    return Question(staff, tuple(made[:tasks]), USUAL, days=60, cases=tasks)


def _person(chance: random.Random, number: int, people: int, everybody: bool) -> Person:
    place = number / people
    roles = {"annotate", "review"} if everybody else {"annotate"} if place < 0.6 else {"review"}
    kinds = frozenset(roles | ({"arbitrate"} if place >= 0.9 else set()))
    return Person(
        f"person-{number}", kinds, chance.choice([60, 120, 240, 360]),
        {kind: USUAL[kind] * chance.uniform(0.6, 1.8) for kind in sorted(kinds)},
        in_hand_minutes=chance.choice([0, 30]),
        tags=frozenset(tag for tag in ("neuro", "ct", "mr", "chest") if chance.random() < 0.5),
        conflicts=frozenset({f"site-{chance.randrange(8)}"}),
        share=0.03 if chance.random() < 0.2 else None,
    )  # fmt: skip


def _case(chance: random.Random, number: int, staff: tuple[Person, ...]) -> list[OpenTask]:
    needs = frozenset({chance.choice(["neuro", "ct", "mr", "chest"])} if chance.random() < 0.3 else ())
    site, priority = f"site-{chance.randrange(8)}", chance.choice([0, 0, 0, 1])
    return [
        OpenTask(
            f"task-{number}-{slot}", kind, f"case-{number}", needs, site, frozenset(parts), 1.0, priority,
            chance.choice(staff).id if chance.random() < 0.4 else None,
        )
        for slot, (kind, parts) in enumerate(_parts(chance, staff))
    ]  # fmt: skip


def _parts(chance: random.Random, staff: tuple[Person, ...]) -> _Parts:
    """Two reads to come; or one in, and its review and the other to come; or a review; or an arbitration."""
    names = [p.id for p in chance.sample(staff, min(4, len(staff)))]
    readers = tuple(names[:2])
    whole: list[_Parts] = [
        (("annotate", ()), ("annotate", ())),
        (("review", tuple(names[:1])), ("annotate", tuple(names[:1]))),
        (("review", readers),),
        (("arbitrate", tuple(names)),),
    ]
    return chance.choices(whole, [5, 2, 2, 1])[0]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
