"""The least time in which the work of a run could have been done: a linear program that knows no waiting."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from tasks.planning.solving import Places, Program

from .clinic import Played
from .pools import may
from .study import DAY, USUAL, Reader, Study

_Group = tuple[str, str, bool]  # kind, need, done again
_Work = Mapping[tuple[int, _Group], float]  # by the day on which the case came; usual minutes
NEAR = 10.0  # minutes to which the end is sought
SHORT, LONG = 7, 7  # days: so many periods of one day at the beginning, then periods of so many
STEP = 3 * DAY  # first the end is sought in such steps
ANY_SITE = "any"


def least_end(study: Study, played: Played) -> float:
    """Minutes from the start before which nobody could have ended, whatever the plan.

    The tasks of the run may be done in any pieces by whoever may (sites and parts aside), at their true pace, in
    the minutes of their shifts and those that they really stayed on, from the period on in which the case came; and
    by the end of no period is more reviewed than read. All of this is wrong in favour of a shorter time only.
    """
    work: dict[tuple[int, _Group], float] = defaultdict(float)
    for task, _ in played.done:
        group = task.kind, task.case.needs, task.returned
        work[task.case.arrives // DAY, group] += task.size * USUAL[task.kind]
    low = float(max(case.arrives for case in study.cases))
    high = min(low + STEP, played.end)
    while high < played.end and not _fits(study, played, work, high):
        low, high = high, min(high + STEP, played.end)
    while high - low > NEAR:
        middle = (low + high) / 2
        low, high = (low, middle) if _fits(study, played, work, middle) else (middle, high)
    return high


def _fits(study: Study, played: Played, work: _Work, end: float) -> bool:
    """Could all be done by then? As much as possible is, and it must be all."""
    groups, days = sorted({group for _, group in work}), int(end // DAY) + 1
    firsts = [*range(min(SHORT, days)), *range(SHORT, days, LONG)]
    lasts = [*firsts[1:], days]
    able = [[may(reader, kind, need, ANY_SITE) for kind, need, _ in groups] for reader in study.readers]
    who, what = np.nonzero(np.array(able))
    pace = np.array([study.readers[r].pace[groups[g][0]] for r, g in zip(who, what, strict=True)])
    program = Program()
    done = [program.columns(-1.0, np.full(len(who), np.inf)) for _ in firsts]
    for n, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        time = [_minutes(reader, played, range(first, last), end) for reader in study.readers]
        program.below.put(program.below.open(time)[who], done[n], pace)
        come = [sum(m for (day, of), m in work.items() if of == group and day < last) for group in groups]
        rows = program.below.open(come)
        for columns in done[: n + 1]:
            program.below.put(rows[what], columns, 1.0)
        _read_first(program, groups, what, done[: n + 1])
    return float(program.solved().sum()) >= sum(work.values()) * (1 - 1e-6)


def _read_first(program: Program, groups: Sequence[_Group], what: Places, done: Sequence[Places]) -> None:
    """A case's tasks have one size: in usual minutes, too, no more is reviewed than its share of what is read."""
    share = USUAL["review"] / USUAL["annotate"]
    for need in {need for _, need, _ in groups}:
        factor = {("annotate", need, False): -share, ("review", need, False): 1.0}
        factors = np.array([factor.get(group, 0.0) for group in groups])[what]
        used = np.nonzero(factors)[0]
        row = program.below.open([0.0])
        for columns in done:
            program.below.put(np.repeat(row, len(used)), columns[used], factors[used])


def _minutes(reader: Reader, played: Played, days: range, end: float) -> float:
    """What a person had in these days until the end, and what they stayed on."""
    return sum(_of_day(reader, played, day, end) for day in days)


def _of_day(reader: Reader, played: Played, day: int, end: float) -> float:
    shift = reader.shift(day)
    if shift is None or day in reader.sick:
        return 0.0
    beyond = max(0.0, played.worked.get((reader.id, day), 0.0) - shift[1])
    return max(0.0, min(shift[1], end - day * DAY - shift[0])) + beyond
