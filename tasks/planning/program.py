"""The balance as a linear program: how many tasks of each group each person should get."""

import numpy as np

from .groups import Counts, Flags, Floats, Groups
from .limits import Limits
from .solving import Program

# How full people's time may be, against how full it would be if everybody could do everything.
LEVELS = (
    0.0,
    0.25,
    0.5,
    0.7,
    0.8,
    0.87,
    0.93,
    0.97,
    1.0,
    1.03,
    1.07,
    1.13,
    1.2,
    1.35,
    1.6,
    2.0,
    3.0,
    5.0,
    10.0,
)
NEAR = (0.002, 0.008, 0.02, 0.05, 0.1, 0.2)
# Leaving a minute undone must cost more than anybody's minute, along every chain.
DEAREST, UNDONE = 1_000.0, 5_000.0
# People considered for a group, at least; and how far apart groups begin to count them.
CANDIDATES, STRIDE = 10, 7


def shares(groups: Groups, limits: Limits) -> tuple[Floats, Limits]:
    """How much of each group each person should get, P × G, in fractions of tasks; and with which paces.

    Least work left undone first, then least `Limits.cost`, where a reservation that moves counts as its worth.
    The cost is laid as a chain of straight pieces, twice: the second time finer, around the first answer, and
    with everybody's pace in the work that they then had.
    """
    may = groups.may & (limits.room > 0)[:, None] & (limits.most > limits.in_hand)[:, None]
    if not may.any():
        return np.zeros(may.shape), limits
    # In turn first, group after group with other people; then whoever the first answer leaves the emptiest.
    people, alike = np.indices(may.shape)
    first = (people + alike * STRIDE) % len(may) + np.zeros(may.shape)
    found = _solved(groups, limits, _candidates(groups, may, first, groups.reserved > 0), _coarse(limits))
    limits = limits.paced(groups, found)
    load = (limits.in_hand + (groups.minutes * found).sum(1))[:, None]
    price = limits.cost(slice(None), load + groups.minutes) - limits.cost(slice(None), load)
    chosen = _candidates(groups, may, price, (groups.reserved > 0) | (found > 0))
    return _solved(groups, limits, chosen, _finer(groups, limits, found)), limits


def _candidates(groups: Groups, may: Flags, price: Floats, held: Flags) -> Flags:
    """For groups of few tasks, the cheapest few people and those who are in it: most of P × G would stay empty."""
    priced = np.where(may, price, np.inf)
    few = np.minimum(np.maximum(CANDIDATES, groups.sizes), len(may)) - 1
    dearest = np.sort(priced, axis=0)[few, np.arange(may.shape[1])]
    chosen: Flags = may & ((priced <= dearest) | held)
    return chosen


def undone(groups: Groups) -> Floats:
    """What it costs to leave one task of each group undone; more than anybody's taking it, by priority."""
    slowest = float((groups.minutes / groups.usual).max(initial=1.0))
    return UNDONE * slowest * groups.usual * groups.urgency


def _coarse(limits: Limits) -> Floats:
    return np.tile(np.array(LEVELS) * limits.even, (len(limits.time), 1))


def _finer(groups: Groups, limits: Limits, found: Floats) -> Floats:
    level = (limits.in_hand + (groups.minutes * found).sum(1)) / limits.time
    scale = max(float(np.median(level)), 1e-6)
    near = scale * np.array([-d for d in reversed(NEAR)] + list(NEAR))
    around = np.maximum(level[:, None] + near, 0.0)
    return np.hstack([np.zeros((len(level), 1)), around])


def _pieces(limits: Limits, levels: Floats) -> tuple[Floats, Floats]:
    """Width in minutes and cost per minute of each piece, P × S; the last ends at the most."""
    starts = np.minimum(levels * limits.time[:, None], limits.most[:, None])
    widths = np.hstack([starts[:, 1:], limits.most[:, None]]) - starts
    everybody = slice(None)
    rise = limits.cost(everybody, starts + widths) - limits.cost(everybody, starts)
    return widths, np.minimum(rise / np.maximum(widths, 1e-9), DEAREST)


def _solved(groups: Groups, limits: Limits, may: Flags, levels: Floats) -> Floats:
    who, what = np.nonzero(may)
    minutes = groups.minutes[who, what]
    widths, slopes = _pieces(limits, levels)
    program = Program()
    given = program.columns(0.0, np.minimum(groups.cases[groups.set_of[what]], groups.sizes[what]))
    left = program.columns(undone(groups), groups.sizes)
    filled = program.columns(slopes.ravel(), widths.ravel())
    each = program.equal.open(groups.sizes)
    program.equal.put(each[what], given, 1.0)
    program.equal.put(each, left, 1.0)
    time = program.equal.open(-limits.in_hand)
    program.equal.put(time[who], given, minutes)
    program.equal.put(np.repeat(time, widths.shape[1]), filled, -1.0)
    _keep(program, groups.reserved[who, what], limits.worth * groups.usual[what], given)
    _cap(program, limits, who, given, len(groups.tasks) and int(groups.sizes.sum()))
    _once_a_case(program, groups, who, what, given)
    answer = np.zeros(may.shape)
    answer[who, what] = program.solved()[given]
    return answer


def _keep(program: Program, reserved: Counts, worth: Floats, given: Counts) -> None:
    """A column for what stays where it is reserved: at most what is given there, and gaining its worth."""
    at = np.nonzero(reserved)[0]
    kept = program.columns(-worth[at], reserved[at])
    rows = program.below.open(np.zeros(len(at)))
    program.below.put(rows, kept, 1.0)
    program.below.put(rows, given[at], -1.0)


def _cap(program: Program, limits: Limits, who: Counts, given: Counts, tasks: int) -> None:
    capped = np.nonzero(limits.room < tasks)[0]
    row = np.full(len(limits.room), -1)
    row[capped] = program.below.open(limits.room[capped])
    at = row[who] >= 0
    program.below.put(row[who][at], given[at], 1.0)


def _once_a_case(program: Program, groups: Groups, who: Counts, what: Counts, given: Counts) -> None:
    """Where a set of cases has several groups: together at most one task a case. One group is bounded already."""
    several = np.bincount(groups.set_of, minlength=len(groups.cases)) > 1
    at = several[groups.set_of[what]]
    pairs, row = np.unique(who[at] * len(groups.cases) + groups.set_of[what][at], return_inverse=True)
    rows = program.below.open(groups.cases[pairs % len(groups.cases)])
    program.below.put(rows[row], given[at], 1.0)
