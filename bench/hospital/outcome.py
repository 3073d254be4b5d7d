"""What a run is judged by."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from .bound import least_end
from .clinic import Played
from .study import DAY, RAREST, Study


@dataclass(frozen=True, slots=True)
class Outcome:
    """days: until the last case is final; most_days: until 99.9 % are; least: the lower bound of days.

    overdue: share of the tasks that were done after they were due, or are by kind. jain: see `jain`. rare: mean
    days from a case's coming until it is final, of cases that need the rarest specialty; rare_99: the 99th
    percentile; mean, age, oldest: the mean, the 99th percentile and the most of all cases. finals: the days on
    which cases became final; ages: of all cases; both in order. tasks: how many were done.
    """

    days: float
    most_days: float
    least: float
    overdue: float
    by_kind: dict[str, float]
    jain: float
    rare: float
    rare_99: float
    mean: float
    age: float
    oldest: float
    finals: tuple[float, ...]
    ages: tuple[float, ...]
    tasks: int

    @property
    def ratio(self) -> float:
        """The makespan by its lower bound."""
        return self.days / self.least


def judged(study: Study, played: Played) -> Outcome:
    """Judge a run."""
    finals = sorted(minutes / DAY for minutes in played.finals.values())
    ages = {case.number: (played.finals[case.number] - case.arrives) / DAY for case in study.cases}
    rare = [ages[case.number] for case in study.cases if case.needs == RAREST] or [0.0]
    late: dict[str, list[bool]] = defaultdict(list)
    for task, _ in played.done:
        late[task.kind].append(task.done > task.due)
    return Outcome(
        days=played.end / DAY,
        most_days=finals[int(0.999 * len(finals)) - 1],
        least=least_end(study, played) / DAY,
        overdue=float(np.mean([one for of_kind in late.values() for one in of_kind])),
        by_kind={kind: float(np.mean(of_kind)) for kind, of_kind in sorted(late.items())},
        jain=jain(study, played),
        rare=float(np.mean(rare)),
        rare_99=float(np.quantile(rare, 0.99)),
        mean=float(np.mean(list(ages.values()))),
        age=float(np.quantile(list(ages.values()), 0.99)),
        oldest=max(ages.values()),
        finals=tuple(finals),
        ages=tuple(sorted(ages.values())),
        tasks=len(played.done),
    )


def jain(study: Study, played: Played) -> float:
    """Jain's index of the share of their time that people worked until the end: (Σx)² ÷ n Σx²; 1 is equal."""
    worked: dict[str, float] = defaultdict(float)
    for (who, _), minutes in played.worked.items():
        worked[who] += minutes
    had = {reader.id: _had(study, reader.id, played.end) for reader in study.readers}
    x = np.array([worked[who] / minutes for who, minutes in had.items() if minutes])
    return float(x.sum() ** 2 / (len(x) * (x**2).sum()))


def _had(study: Study, who: str, end: float) -> float:
    reader = next(one for one in study.readers if one.id == who)
    return sum(
        max(0.0, min(shift[1], end - day * DAY - shift[0]))
        for day in range(int(end // DAY) + 1)
        if (shift := reader.shift(day)) and day not in reader.sick
    )
