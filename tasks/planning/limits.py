"""What each person can take, and what it costs to fill their time."""

from dataclasses import dataclass, replace

import numpy as np

from .groups import Counts, Floats, Groups
from .question import Person, Question

# The more of their time is filled, the dearer a person's minute: by this power up to twice the mean, then evenly.
POWER, STEEP = 6, 2.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Per person: minutes in hand, minutes at most, minutes in the days of the plan, tasks at most, and pace.

    pace: minutes by usual minutes (0.8 is quick). even: how full time would be if everybody could do everything.
    worth: what a usual minute gains by staying where it is reserved.
    """

    in_hand: Floats
    most: Floats
    time: Floats
    room: Counts
    pace: Floats
    even: float
    worth: float

    @classmethod
    def of(cls, question: Question, groups: Groups) -> "Limits":
        """The limits that a question states; somebody who holds more than they can do gets nothing new."""
        in_hand = np.array([p.in_hand_minutes for p in question.people], dtype=float)
        time = np.array([question.limit(p) for p in question.people], dtype=float)
        rooms = [question.room(p) for p in question.people]
        room = np.array([len(question.tasks) if r is None else r for r in rooms], dtype=np.int64)
        pace = np.array([_pace(question, p) for p in question.people], dtype=float)
        most, time = np.maximum(in_hand, time), np.maximum(time, 1e-9)
        wanted = (groups.minutes.mean(0) * groups.sizes).sum() + in_hand.sum() if len(time) else 0.0
        even = min(1.0, max(float(wanted / max(time.sum(), 1e-9)), 1e-6))
        return cls(in_hand, most, time, room, pace, even, POWER * question.worth)

    def cost(self, people: "slice | int", load: Floats) -> Floats:
        """What it costs that people have so many minutes: convex, and per minute 1 ÷ pace at the mean.

        Without the pace the quick would be filled furthest, as less of their time does the same. The steep
        rise keeps everybody's time near the mean, where a gentle one would fill whoever is best at a kind.
        """
        full = self.time[people] * self.even
        level = load / (full if isinstance(people, int) else full[:, None])
        over = np.maximum(level - STEEP, 0.0)
        under = np.minimum(level, STEEP)
        height = under ** (POWER + 1) / (POWER + 1) + STEEP**POWER * over * (1 + over / (2 * STEEP))
        scale = full / self.pace[people]
        return np.asarray(height * (scale if isinstance(people, int) else scale[:, None]))

    def paced(self, groups: Groups, given: Floats) -> "Limits":
        """The same, with each person's pace in the work given to them."""
        usual = (groups.usual * given).sum(1)
        pace = np.where(usual > 1e-6, (groups.minutes * given).sum(1) / np.maximum(usual, 1e-6), self.pace)
        return replace(self, pace=pace)


def _pace(question: Question, person: Person) -> float:
    ratios = [
        person.pace.get(kind, usual) / usual for kind, usual in question.usual.items() if kind in person.kinds
    ]
    return sum(ratios) / len(ratios) if ratios else 1.0
