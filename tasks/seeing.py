"""A further frame goes out: recorded, if the task is still in these hands and what they sign in with still holds."""

from typing import Final
from uuid import UUID

from django.db import DatabaseError, InterfaceError, connection

from audit.access import NotRecorded, Seen

_SEEN: Final = "SELECT tasks_frame_seen(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)"


def frame_seen(seen: Seen, frame: int, *, holder: UUID, token: UUID | None, session: str | None) -> bool:
    """Record that a frame of a task's images is shown to its holder; False if they may not see it any more.

    `token` or `session`: what they signed in with. NotRecorded if it can't be written. One statement.
    """
    # A connection that broke fails here as well, and one that is well isn't asked whether it is.
    connection.health_check_done = True  # type: ignore[attr-defined]
    values = (seen.log_id, seen.actor, seen.role, seen.code.value, seen.case_id, seen.study, seen.series)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                _SEEN, [seen.task_id, holder, token, session, *values, seen.instance, frame, seen.request]
            )
            return bool(cursor.fetchone()[0])
    except (DatabaseError, InterfaceError) as error:
        connection.close()
        raise NotRecorded(str(NotRecorded.__doc__)) from error
