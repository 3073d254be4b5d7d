"""The rules that hold after whatever anybody did, asked of the database as it stands."""

from collections.abc import Iterator

from django.db import connection

from tasks.models import Task
from workflow.acting import machine
from workflow.models import Case, CaseRound, Project
from workflow.needed import work_needed
from workflow.unit import CaseUnit

LIVE = ("open", "reserved", "leased")

# What must never be, as the rows that would be it.
NEVER = {
    "two live tasks of one slot": """
        SELECT t.case_id, t.round, t.kind, t.slot FROM tasks_task t
        WHERE {mine} AND t.status IN ('open', 'reserved', 'leased')
        GROUP BY 1, 2, 3, 4 HAVING count(*) > 1""",
    "a lease that is not whole, or half of one where there is none": """
        SELECT t.id FROM tasks_task t WHERE {mine}
        AND ((t.status = 'leased' AND (t.holder_id IS NULL OR t.started_at IS NULL))
             OR (t.status = 'leased') <> (t.token IS NOT NULL)
             OR (t.status = 'leased') <> (t.lease_until IS NOT NULL))""",
    "two parts of a person in one round": """
        SELECT t.case_id, t.round, t.member_id FROM workflow_part t WHERE {mine}
        GROUP BY 1, 2, 3 HAVING count(*) > 1""",
    "a holder without the part": """
        SELECT t.id FROM tasks_task t WHERE {mine} AND t.status IN ('leased', 'done') AND NOT EXISTS (
          SELECT 1 FROM workflow_part p WHERE p.case_id = t.case_id AND p.round = t.round
          AND p.member_id = t.holder_id AND p.kind = t.part_kind AND (p.outcome = 'active'
            OR (p.outcome = 'closed' AND t.status = 'done')
            OR (p.outcome = 'skipped' AND p.slot = 0 AND t.status = 'done')))""",
    "a reviewer of a case that they read": """
        SELECT t.id FROM workflow_review t JOIN workflow_read r ON r.case_id = t.case_id
        WHERE {mine} AND r.member_id = t.reviewer_id""",
    "an arbiter of a case that they read": """
        SELECT t.id FROM workflow_arbitration t JOIN workflow_read r ON r.case_id = t.case_id
        WHERE {mine} AND r.member_id = t.arbiter_id AND r.slot > 0""",
    "a slot with two readers, or with a revision too few": """
        SELECT t.case_id, t.round, t.slot FROM workflow_read t WHERE {mine} AND t.slot > 0
        GROUP BY 1, 2, 3 HAVING max(t.revision) <> count(*) OR count(DISTINCT t.member_id) FILTER (
          WHERE NOT EXISTS (SELECT 1 FROM workflow_part p WHERE p.outcome = 'closed'
            AND (p.case_id, p.round, p.member_id) = (t.case_id, t.round, t.member_id))) > 1""",
    "a reader of two slots": """
        SELECT t.case_id, t.round, t.member_id FROM workflow_read t WHERE {mine}
        GROUP BY 1, 2, 3 HAVING count(DISTINCT t.slot) > 1""",
    "a case whose state or head is not what its log says": """
        SELECT c.id FROM workflow_case c
        JOIN LATERAL (SELECT stream_seq, leaf_hash FROM audit_event e WHERE e.stream_id = c.id
                      ORDER BY stream_seq DESC LIMIT 1) AS last ON true
        JOIN LATERAL (SELECT state_to FROM audit_event e WHERE e.stream_id = c.id AND state_to IS NOT NULL
                      ORDER BY stream_seq DESC LIMIT 1) AS moved ON true
        WHERE c.project_id = %(project)s
        AND (c.state, c.audit_seq, c.audit_head) <> (moved.state_to, last.stream_seq, last.leaf_hash)""",
    "a final case without its round's label, or a label of a round that goes on": """
        SELECT c.id FROM workflow_case c WHERE c.project_id = %(project)s AND c.state <> 'excluded'
        AND (c.state = 'final') <> EXISTS (
          SELECT 1 FROM workflow_referencelabel l WHERE l.case_id = c.id AND l.round = c.round)""",
    "more reads wanted than the protocol allows": """
        SELECT t.case_id FROM workflow_caseround t JOIN workflow_case c ON c.id = t.case_id
        WHERE {mine} AND t.number = c.round AND c.reads_wanted > t.reads_max""",
}
MINE = "t.case_id IN (SELECT id FROM workflow_case WHERE project_id = %(project)s)"


def broken_rules(project: Project) -> list[str]:
    """What is wrong in a project, in words; nothing, if all is well."""
    return [*_found_by_sql(project), *_wrong_work(project)]


def _found_by_sql(project: Project) -> Iterator[str]:
    with connection.cursor() as cursor:
        for what, statement in NEVER.items():
            cursor.execute(statement.replace("{mine}", MINE), {"project": project.pk})
            if rows := cursor.fetchall():
                yield f"{what}: {rows}"


def _wrong_work(project: Project) -> Iterator[str]:
    """Cases whose live tasks are not what their state calls for, or that the machine forgot."""
    for case in Case.objects.filter(project=project).select_related("project__log"):
        situation = CaseUnit(machine(), case).situation()
        wanted = {(want.kind, want.slot, want.read_id) for want in work_needed(situation)}
        live = Task.objects.filter(case=case, status__in=LIVE)
        found = set(live.values_list("kind", "slot", "read_id"))
        if wanted != found or live.exclude(round=case.round).exists():
            yield f"{case.external_ref} in {case.state} wants {wanted} and has {found}"
        if situation.consensus_is_due or (case.state == "consensus" and not wanted and not case.held):
            yield f"{case.external_ref} waits in consensus for nobody"
        if case.round != CaseRound.objects.filter(case=case).count():
            yield f"{case.external_ref} is in round {case.round}"
