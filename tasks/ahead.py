"""The task that a person will be handed next, kept ahead for them while they work, for its images (decision 0025).

Nothing has been given, so there is no event, no part and no lease. It lasts as long as what they have in hand, at most
LASTS; whoever would find nothing else takes it; and whatever becomes of the task ends it, so nothing takes it back.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from workflow.acting import Acting

from .errors import LeaseLost
from .models import Task
from .queues import kinds_for, offer

LASTS: Final = timedelta(minutes=10)


def keep_ahead(*, acting: Acting, task_id: UUID, token: UUID) -> Task | None:
    """Keep ahead what the claim would hand to the holder of this task next, with its case; None if that is nothing.

    LeaseLost for whoever has no live lease of the task.
    """
    member, now = acting.person(), timezone.now()
    in_hand = Task.objects.filter(pk=task_id, holder=member, token=token, status=Task.Status.LEASED)
    with transaction.atomic():
        until = in_hand.values_list("lease_until", flat=True).first()
        if until is None or until <= now:
            raise LeaseLost()
        found = offer(member, kinds_for(member), keep_until=min(until, now + LASTS))
    if found.task_id is None or found.how not in ("own", "pool"):
        return None
    return Task.objects.select_related("case").get(pk=found.task_id)


def kept_for(task_id: UUID, user: UUID) -> UUID | None:
    """The membership for which a task is kept ahead of this person; None if it isn't."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tasks_kept_for(%s, %s)", [task_id, user])
        found: UUID | None = cursor.fetchone()[0]
    return found
