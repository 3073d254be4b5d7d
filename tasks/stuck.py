"""Work that nobody can take, and why: the conditions of a claim, asked for every member of the project at once."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from workflow.models import Case, Project, Role
from workflow.settings.reading import names

from . import queues

MOST = 200
_ME = "m.id"
# What the claim asks of one person, asked of each member `m`.
_NO_PART = queues.NO_PART.replace("%(me)s", _ME)
_NO_CONFLICT = queues.NO_CONFLICT.replace("%(conflicts)s", "m.conflicts")
_CREDENTIAL = "(m.tags IS NOT NULL)"
_QUALIFIED = f"coalesce({queues.QUALIFIED.replace('%(tags)s', 'm.tags')}, false)"
_ACKNOWLEDGED = queues.ACKNOWLEDGED.replace("%(me)s", _ME)
_ROLE = "(CASE t.kind {} END)".format(
    " ".join(f"WHEN '{kind}' THEN '{role}'" for kind, role in queues.ROLE_OF_KIND.items())
)
_ACTIVE = "m.status = 'active'"
_MAY = f"({_ACTIVE} AND m.trained AND {_QUALIFIED} AND {_NO_CONFLICT} AND {_ACKNOWLEDGED} AND {_NO_PART})"
# What holds for a person whatever the task is asked once for each, not once for each task.
_PEOPLE = """
WITH people AS MATERIALIZED (
  SELECT m.id, m.status, m.roles, m.conflicts, workflow_tags(m.user_id, %(today)s) AS tags,
         NOT EXISTS (SELECT 1 FROM unnest(%(training)s::text[]) AS n (name) WHERE NOT coalesce((
           SELECT done.passed FROM workflow_training done JOIN audit_content x ON x.digest = done.material_id
           WHERE done.member_id = m.id AND x.data ->> 'name' = n.name ORDER BY done.completed_at DESC LIMIT 1),
           false)) AS trained
  FROM workflow_membership m WHERE m.project_id = %(project)s)
"""
_MEMBERS = f"FROM people m WHERE {_ROLE} = ANY(m.roles)"
_OF_TASKS = """
FROM tasks_task t
JOIN tasks_pool o ON o.id = t.pool_id
JOIN workflow_case c ON c.id = t.case_id
LEFT JOIN workflow_membership h ON h.id = t.holder_id
LEFT JOIN accounts_user u ON u.id = h.user_id
"""
# A held case hands out nothing on purpose; a task in somebody's hands is theirs until its lease ends.
_WAITING = f"""
{_OF_TASKS}
WHERE c.project_id = %(project)s AND NOT c.held AND c.source_case_id IS NULL AND (
  ({queues.FREE} AND NOT EXISTS (SELECT 1 {_MEMBERS} AND {_MAY}))
  OR (t.status = 'reserved' AND (h.status <> 'active' OR NOT {_ROLE} = ANY(h.roles))))
"""
_STUCK = f"""
{_PEOPLE}
SELECT t.case_id, c.external_ref, t.kind, t.status = 'reserved',
       coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username),
       w.members, w.away, w.took_part, w.conflict, w.no_credential, w.untrained, w.unqualified, w.not_acknowledged
{_OF_TASKS}
CROSS JOIN LATERAL (
  SELECT count(*) AS members,
         count(*) FILTER (WHERE NOT active) AS away,
         count(*) FILTER (WHERE active AND NOT no_part) AS took_part,
         count(*) FILTER (WHERE active AND no_part AND NOT no_conflict) AS conflict,
         count(*) FILTER (WHERE active AND no_part AND no_conflict AND NOT credential) AS no_credential,
         count(*) FILTER (WHERE active AND no_part AND no_conflict AND credential AND NOT trained) AS untrained,
         count(*) FILTER (WHERE active AND no_part AND no_conflict AND credential AND trained AND NOT qualified)
           AS unqualified,
         count(*) FILTER (WHERE active AND no_part AND no_conflict AND qualified AND trained AND NOT acknowledged)
           AS not_acknowledged
  FROM (SELECT {_ACTIVE} AS active, {_NO_PART} AS no_part, {_NO_CONFLICT} AS no_conflict,
               {_CREDENTIAL} AS credential, m.trained, {_QUALIFIED} AS qualified, {_ACKNOWLEDGED} AS acknowledged
        {_MEMBERS}) AS each) AS w
WHERE t.id IN (SELECT t.id {_WAITING} ORDER BY t.rank, t.id LIMIT %(most)s)
ORDER BY t.rank, t.id
"""


@dataclass(frozen=True, slots=True)
class Stuck:
    """A task that nobody can take now: its case, its kind, and a sentence that says why."""

    case_id: UUID
    external_ref: str
    kind: str
    why: str


def stuck_work(project: Project, visible: QuerySet[Case] | None = None) -> list[Stuck]:
    """The project's waiting tasks that no member can take, best rank first, at most 200, of visible cases."""
    found = _stuck_work(project)
    if visible is None or not found:
        return found
    seen = set(visible.filter(pk__in={stuck.case_id for stuck in found}).values_list("pk", flat=True))
    return [stuck for stuck in found if stuck.case_id in seen]


def _stuck_work(project: Project) -> list[Stuck]:
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {"project": project.pk, "today": timezone.now().date(), "most": MOST}
        cursor.execute(_STUCK, {**asked, "training": names(project, "required_training")})
        return [Stuck(case, ref, kind, _why(kind, *rest)) for case, ref, kind, *rest in cursor.fetchall()]


def _why(kind: str, reserved: bool, holder: str | None, members: int, *counts: int) -> str:
    role = Role(queues.ROLE_OF_KIND[kind]).value.replace("_", " ")
    if reserved:
        return f"It is reserved for {holder}, who is paused, has left, or is no longer {role}."
    if not members:
        return f"Nobody in the project is {role}."
    return f"{members} with the role {role}: {', '.join(_parts(counts))}."


def _parts(counts: tuple[Any, ...]) -> list[str]:
    reasons = (
        "paused or gone",
        "took part in the case or skipped it",
        "with a conflict of interest at its site",
        "without a valid credential",
        "must pass the required training first",
        "without the credential that the case needs",
        "must acknowledge the case's guideline version first",
    )
    return [f"{count} {reason}" for count, reason in zip(counts, reasons, strict=True) if count]
