"""The first tasks of cases that begin as one before them did."""

from collections.abc import Sequence
from functools import cache
from uuid import UUID, uuid4

from audit.copying import Copy
from audit.log import moment
from workflow.following import Begun, Following

from .models import Task
from .opening import times_of
from .preferences import rank_for


def follow(begun: Begun, tasks: Sequence[Task], case_ids: Sequence[UUID]) -> set[UUID]:
    """Begin these cases likewise, with tasks like these; returns those that could, the others are left alone."""
    following, done = Following(begun), set()
    opened = moment(following.now)

    @cache
    def times(kind: str) -> tuple[object, ...]:
        return tuple(times_of(begun.project, kind, opened).values())

    own = ["id", "case_id", "event_id", "rank", *times_of(begun.project, "", opened)]
    copies = [(Copy(task, own), task.kind, begun.place(task.event_id)) for task in tasks]
    for case in following.locked(case_ids):
        ids = [uuid4() for _ in tasks]
        entries = following.follow(case, [str(uuid4()), *map(str, ids)])
        for (copy, kind, place), task_id in zip(copies, ids, strict=True):
            rank = rank_for(begun.project, case)
            copy.add(task_id, case.id, entries[place].event_id, rank, *times(kind))
        done.add(case.id)
    following.write()
    for copy, _, _ in copies:
        copy.write()
    return done
