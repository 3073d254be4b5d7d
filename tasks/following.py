"""The first tasks of cases that begin as one before them did."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from audit.copying import Copy
from audit.log import moment
from workflow.following import Begun, Following

from .models import Task
from .preferences import rank_for


def follow(begun: Begun, tasks: Sequence[Task], case_ids: Sequence[UUID]) -> set[UUID]:
    """Begin these cases likewise, with tasks like these; returns those that could, the others are left alone."""
    following = Following(begun)
    opened, done = moment(following.now), set()
    copies = [
        (
            Copy(task, ["id", "case_id", "event_id", "opened_at", "entered_at", "rank"]),
            begun.place(task.event_id),
        )
        for task in tasks
    ]
    for case in following.locked(case_ids):
        ids = [uuid4() for _ in tasks]
        entries = following.follow(case, [str(uuid4()), *map(str, ids)])
        rank = rank_for(begun.project, opened, case.priority)
        for (copy, place), task_id in zip(copies, ids, strict=True):
            copy.add(task_id, case.id, entries[place].event_id, opened, opened, rank)
        done.add(case.id)
    following.write()
    for copy, _ in copies:
        copy.write()
    return done
