"""Which task is next for a person: one query per source, each of which skips what somebody else has locked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from workflow.models import Membership, Role

from .models import Task

KINDS_OF_ROLE: dict[str, tuple[str, ...]] = {
    Role.ANNOTATOR: (Task.Kind.ANNOTATE, Task.Kind.RECONCILE),
    Role.JUNIOR_REVIEWER: (Task.Kind.REVIEW,),
    Role.SENIOR_ARBITER: (Task.Kind.ARBITRATE,),
}
ROLE_OF_KIND = {kind: role for role, kinds in KINDS_OF_ROLE.items() for kind in kinds}

# A person plays one part in a round, and never judges what they read. A part let go may be taken up again.
_NO_PART = """
NOT EXISTS (
  SELECT 1 FROM workflow_part p WHERE p.case_id = t.case_id AND p.member_id = %(me)s AND (
    p.outcome = 'skipped'
    OR (p.round = t.round AND NOT (p.kind = t.part_kind
        AND (p.outcome IN ('released', 'lapsed') OR (p.outcome = 'withdrawn' AND p.slot = t.part_slot)
             OR (p.kind = 'reviewer' AND t.part_slot = 0))))
    OR (p.kind = 'reader' AND t.kind IN ('review', 'arbitrate'))
    OR (p.round < t.round AND t.kind = 'annotate' AND r.readers = 'new_readers')))
"""
_NO_CONFLICT = """NOT coalesce(c.strata ->> 'site' = ANY(%(conflicts)s), false)"""
_ACKNOWLEDGED = """
EXISTS (SELECT 1 FROM workflow_acknowledgement a WHERE a.member_id = %(me)s AND a.guideline_id = r.guideline_id)
"""
# A lease ends by being looked at: once its deadline is over, the task is anybody's who may have it.
_FREE = (
    """(t.status = 'open' OR (t.status = 'leased' AND NOT t.bound AND t.lease_until < clock_timestamp()))"""
)
_FROM = """
FROM tasks_task t
JOIN workflow_case c ON c.id = t.case_id
JOIN workflow_caseround r ON r.case_id = t.case_id AND r.number = t.round
WHERE c.project_id = %(project)s AND t.kind = ANY(%(kinds)s)
"""

# Work that comes back under a newer guideline waits until its holder has acknowledged it.
_OWN = f"""
SELECT t.id, t.case_id {_FROM} AND t.holder_id = %(me)s
  AND (t.status = 'leased' OR t.status = 'reserved' AND NOT c.held AND {_ACKNOWLEDGED})
ORDER BY (t.status = 'leased') DESC, t.returned DESC, t.rank, t.slot, t.id LIMIT 1
"""
_POOL = f"""
SELECT t.id, t.case_id {_FROM} AND NOT c.held AND {_FREE} AND {_NO_PART} AND {_NO_CONFLICT} AND {_ACKNOWLEDGED}
ORDER BY t.rank, t.slot, t.id LIMIT 1
"""
_RESERVED = "(t.status = 'reserved' AND t.holder_id = %(me)s)"
_WHY = f"""
SELECT count(*),
       count(*) FILTER (WHERE held AND no_part),
       count(*) FILTER (WHERE NOT no_part),
       count(*) FILTER (WHERE NOT held AND no_part AND NOT no_conflict),
       count(*) FILTER (WHERE NOT held AND no_part AND no_conflict AND NOT acknowledged)
FROM (SELECT c.held, {_RESERVED} OR {_NO_PART} AS no_part, {_RESERVED} OR {_NO_CONFLICT} AS no_conflict,
             {_ACKNOWLEDGED} AS acknowledged
      {_FROM} AND ({_RESERVED} OR {_FREE})) AS found
"""

NOT_COUNTED = "Cases that you took part in are not counted."


@dataclass(frozen=True, slots=True)
class Why:
    """Why there is nothing: counts of the tasks that are open, and of what keeps each from this person."""

    open: int
    held: int
    took_part: int
    conflict: int
    not_acknowledged: int
    no_role: bool = False

    def sentence(self) -> str:
        """The answer in words, for the person themselves.

        What they took part in is never counted: its number would tell what became of the others' reads, such as
        that they disagree and one more is wanted.
        """
        if self.no_role:
            return "You hold no role in this project that takes up work."
        others = self.open - self.took_part
        if not others:
            return f"Nothing is open for you now. {NOT_COUNTED}"
        parts = [
            f"{count} {text}"
            for count, text in (
                (self.held, "are on hold"),
                (self.conflict, "come from a site where you have a conflict of interest"),
                (self.not_acknowledged, "need you to acknowledge their guideline version"),
            )
            if count
        ]
        why = f", {', '.join(parts)}. {NOT_COUNTED}" if parts else "; try again."
        return f"{others} open{why}"


def kinds_for(member: Membership, wanted: Iterable[str] | None = None) -> list[str]:
    """The kinds of task that a person's roles allow, among those asked for."""
    allowed = [kind for role in member.roles if member.has(role) for kind in KINDS_OF_ROLE.get(role, ())]
    return [kind for kind in allowed if wanted is None or kind in wanted]


def own_task(member: Membership, kinds: list[str]) -> tuple[UUID, UUID] | None:
    """What is this person's already, task and case: a live lease first, then returned work, then reservations."""
    with connection.cursor() as cursor:
        # One claim of a person at a time: two tabs must not get two cases.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(member.pk)])
        cursor.execute(_OWN, _parameters(member, kinds))
        row: tuple[UUID, UUID] | None = cursor.fetchone()
    return row


def lock_from_pool(member: Membership, kinds: list[str]) -> UUID | None:
    """Lock the best task of the pool that nobody else has locked, with its case."""
    return _first(f"{_POOL} FOR UPDATE OF c, t SKIP LOCKED", member, kinds)


def peek_at_pool(member: Membership, kinds: list[str]) -> UUID | None:
    """The case of the best task of the pool, whoever has it locked."""
    with connection.cursor() as cursor:
        cursor.execute(_POOL, _parameters(member, kinds))
        row = cursor.fetchone()
    return row[1] if row else None


def why_nothing(member: Membership, kinds: list[str]) -> Why:
    """Count what keeps the open tasks from this person."""
    if not kinds:
        return Why(0, 0, 0, 0, 0, no_role=True)
    with connection.cursor() as cursor:
        cursor.execute(_WHY, _parameters(member, kinds))
        return Why(*cursor.fetchone())


def _first(sql: str, member: Membership, kinds: list[str]) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, _parameters(member, kinds))
        row = cursor.fetchone()
    return row[0] if row else None


def _parameters(member: Membership, kinds: list[str]) -> dict[str, Any]:
    return {
        "me": member.pk,
        "project": member.project_id,
        "kinds": kinds,
        "conflicts": member.conflicts,
    }
