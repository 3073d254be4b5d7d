"""Which task is next for a person: chosen and locked by one function of the database, `tasks_offer`.

It looks into pools (tasks/models.py) from the place to which the person came in each. Here: what it is told of the
person, and its conditions once more as SQL, for those who count (why.py, stuck.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from workflow.models import Membership, Role
from workflow.settings.reading import limit, names, whole

from .limits import day_cap, share_cap, today_of
from .models import Place, Task
from .ordering import ring_of

KINDS_OF_ROLE: dict[str, tuple[str, ...]] = {
    Role.ANNOTATOR: (Task.Kind.ANNOTATE, Task.Kind.RECONCILE),
    Role.JUNIOR_REVIEWER: (Task.Kind.REVIEW,),
    Role.SENIOR_ARBITER: (Task.Kind.ARBITRATE,),
}
ROLE_OF_KIND = {kind: role for role, kinds in KINDS_OF_ROLE.items() for kind in kinds}

# A person plays one part in a round, and never judges what they read. A part let go may be taken up again.
# `tasks_ahead` and `tasks_candidates` say the same; tests/tasks/test_offer.py holds them equal.
NO_PART = """NOT EXISTS (
  SELECT 1 FROM workflow_part p WHERE p.case_id = t.case_id AND p.member_id = %(me)s AND (
    p.outcome = 'skipped'
    OR (p.round = t.round AND NOT (p.kind = t.part_kind
        AND (p.outcome IN ('released', 'lapsed') OR (p.outcome = 'withdrawn' AND p.slot = t.part_slot)
             OR (p.kind = 'reviewer' AND t.part_slot = 0))))
    OR (p.kind = 'reader' AND t.kind IN ('review', 'arbitrate'))
    OR (p.round < t.round AND t.kind = 'annotate' AND o.new_readers)))"""
NO_CONFLICT = "o.site <> ALL(%(conflicts)s::text[])"
QUALIFIED = "o.needs::text[] <@ %(tags)s::text[]"
ACKNOWLEDGED = """EXISTS (
  SELECT 1 FROM workflow_acknowledgement a WHERE a.member_id = %(me)s AND a.guideline_id = o.guideline_id)"""
# A lease ends by being looked at: once its deadline is over, the task is anybody's who may have it.
FREE = """(t.status = 'open'
  OR (t.status = 'leased' AND NOT t.bound AND t.lease_until < clock_timestamp())
  OR (t.status = 'reserved' AND NOT t.bound AND t.start_by < clock_timestamp()))"""
FROM_POOLS = """
FROM tasks_pool o JOIN tasks_task t ON t.pool_id = o.id JOIN workflow_case c ON c.id = t.case_id
WHERE o.project_id = %(project)s AND o.kind = ANY(%(kinds)s)
"""

_OFFER = """
SELECT how, task, of_case, place_in_session, rest_until FROM tasks_offer(
  %(project)s, %(me)s, %(user)s, %(kinds)s, %(conflicts)s::text[], %(ring)s, %(on)s, %(training)s::text[], %(today)s,
  %(day_cap)s, %(session)s::interval, %(rest)s, %(share_cap)s::int, %(keep_until)s::timestamptz)
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """What was chosen: `how` is live, own or pool (task and case are locked), busy, none, or what forbids it."""

    how: str
    task_id: UUID | None
    case_id: UUID | None
    session_position: int | None
    rest_until: datetime | None


def kinds_for(member: Membership, wanted: Iterable[str] | None = None) -> list[str]:
    """The kinds of task that a person's roles allow, among those asked for."""
    allowed = [kind for role in member.roles if member.has(role) for kind in KINDS_OF_ROLE.get(role, ())]
    return [kind for kind in allowed if wanted is None or kind in wanted]


def offer(member: Membership, kinds: list[str], keep_until: datetime | None = None) -> Offer:
    """Choose and lock the next task of a person; needs a transaction.

    `keep_until`: only keep it ahead for them until then, after the one that they have in hand (ahead.py).
    """
    with connection.cursor() as cursor:
        cursor.execute(_OFFER, {**asked_of(member, kinds), "keep_until": keep_until})
        return Offer(*cursor.fetchone())


def asked_of(member: Membership, kinds: list[str]) -> dict[str, Any]:
    """What the conditions of a claim need to know of a person."""
    project = member.project
    session = limit(project, "session_minutes")
    return {
        "me": member.pk,
        "user": member.user_id,
        "project": project.pk,
        "kinds": kinds,
        "conflicts": member.conflicts,
        "ring": ring_of(member.pk),
        "on": timezone.now().date(),
        "training": names(project, "required_training"),
        "today": today_of(project),
        "day_cap": day_cap(member),
        "session": timedelta(minutes=session) if session else None,
        "rest": timedelta(minutes=whole(project, "break_minutes")),
        "share_cap": share_cap(project),
    }


def forget_places(member: Membership) -> None:
    """Let the next claim look through every pool from its beginning."""
    Place.objects.filter(member=member).delete()
