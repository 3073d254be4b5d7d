"""The work that open tasks will call for once they are done, so that a plan keeps time free for it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from math import ceil

import numpy as np

from .chain import follow_ups, kinds_of
from .question import OpenTask, Question

LUMP = 60.0  # usual minutes, at most, of one task that stands for coming ones


def with_coming(question: Question) -> Question:
    """The same question with tasks that stand for what the open ones will call for, by its chain.

    They are of the same needs, from no site, in lumps of at most an hour; nobody is given them.
    """
    kinds = sorted(kinds_of(question.chain))
    grow = follow_ups(question.chain, kinds)
    assert grow is not None, "a question's chain ends"
    counted = Counter((task.needs, task.kind) for task in question.tasks)
    more: list[OpenTask] = []
    for needs in sorted({needs for needs, _ in counted}, key=sorted):
        begun = np.array([counted[needs, kind] for kind in kinds], dtype=float)
        for kind, amount in zip(kinds, (grow @ begun - begun).tolist(), strict=True):
            more += _lumps(question, kind, needs, amount)
    return replace(question, tasks=(*question.tasks, *more))


def _lumps(question: Question, kind: str, needs: frozenset[str], amount: float) -> Iterator[OpenTask]:
    count = ceil(amount * question.usual[kind] / LUMP - 1e-9)
    for n in range(count):
        name = "\0".join(("coming", kind, *sorted(needs), str(n)))
        yield OpenTask(name, kind, name, needs, size=amount / count, coming=True)
