"""From fractions to whole tasks: round down, give out the rest, then hand tasks on while that helps."""

import numpy as np

from .groups import Counts, Floats, Groups
from .limits import Limits
from .program import undone

HAIR = 1e-7
# Steps are bounded so that an answer always comes; each gains, so that what was reached is never worse.
STEPS = 20_000


class Whole:
    """Whole tasks given to each person, P × G, with what one more and one less would cost, kept up to date."""

    def __init__(self, groups: Groups, limits: Limits, given: Counts) -> None:
        self.groups, self.limits, self.given = groups, limits, given
        self.left = groups.sizes - given.sum(0)
        self.in_sets = np.zeros((len(given), len(groups.cases)), dtype=np.int64)
        for group, of_set in enumerate(groups.set_of):
            self.in_sets[:, of_set] += given[:, group]
        self.taking: Floats = np.full(given.shape, np.inf)
        self.giving: Floats = np.full(given.shape, np.inf)
        for person in range(len(given)):
            self._weigh(person)

    def change(self, person: int, group: int, by: int) -> None:
        """Give a person one task of a group more, or less."""
        self.given[person, group] += by
        self.in_sets[person, self.groups.set_of[group]] += by
        self.left[group] -= by
        self._weigh(person)

    def _weigh(self, person: int) -> None:
        groups, limits, given = self.groups, self.limits, self.given[person]
        minutes, reserved = groups.minutes[person], groups.reserved[person]
        load = limits.in_hand[person] + (minutes * given).sum()
        now = limits.cost(person, np.asarray(load))
        stays = limits.worth * groups.usual
        more = limits.cost(person, load + minutes) - now - np.where(given < reserved, stays, 0.0)
        less = (
            limits.cost(person, np.maximum(load - minutes, 0.0))
            - now
            + np.where(given <= reserved, stays, 0.0)
        )
        free = groups.may[person] & (load + minutes <= limits.most[person] + HAIR)
        free &= (self.in_sets[person] < groups.cases)[groups.set_of]
        free &= bool(given.sum() < limits.room[person])
        self.taking[person] = np.where(free, more, np.inf)
        self.giving[person] = np.where(given > 0, less, np.inf)


def whole(groups: Groups, limits: Limits, wanted: Floats) -> Counts:
    """Whole numbers near those wanted, where no further task can be given and no single task's move gains."""
    state = Whole(groups, limits, np.floor(wanted + HAIR).astype(np.int64))
    if not groups.tasks or not len(state.given):
        return state.given
    for _ in range(STEPS):
        if not (_give(state) or _move(state)):
            break
    return state.given


def _give(state: Whole) -> bool:
    """Give a task that is left, the one dearest to leave, to whom it costs least."""
    if not state.left.any():
        return False
    can = (state.left > 0) & np.isfinite(state.taking.min(0))
    if not can.any():
        return False
    group = int(np.where(can, undone(state.groups), -np.inf).argmax())
    state.change(int(state.taking[:, group].argmin()), group, 1)
    return True


def _move(state: Whole) -> bool:
    """Hand on the one task whose move gains most."""
    gain = state.taking.min(0) + state.giving.min(0)
    group = int(gain.argmin())
    if not gain[group] < -HAIR:
        return False
    taker, giver = int(state.taking[:, group].argmin()), int(state.giving[:, group].argmin())
    state.change(taker, group, 1)
    state.change(giver, group, -1)
    return True
