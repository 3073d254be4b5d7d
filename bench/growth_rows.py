"""What others did in a queue before it is measured: parts that somebody let go, and leases that are held."""

from psycopg import sql

from .queue import without_rules
from .servers import Database

_PASSED_ON = """
INSERT INTO {part} (id, case_id, round, member_id, kind, slot, outcome, case_number)
  SELECT gen_random_uuid(), first.case_id, 1, %(member)s, 'reader', 1, 'skipped', '8' || lpad(first.n::text, 11, '0')
  FROM (SELECT case_id, row_number() OVER (ORDER BY min(rank), min(ring)) AS n, count(*) OVER () AS all_of_them
        FROM tasks_task WHERE status = 'open' GROUP BY case_id) AS first
  WHERE first.n <= first.all_of_them * %(share)s
  ON CONFLICT DO NOTHING
"""
_LEASED = """
WITH first AS (
  SELECT id, case_id, slot, row_number() OVER (ORDER BY rank, ring, id) AS n FROM tasks_task t
  WHERE status = 'open' AND kind = 'annotate' AND slot = (
    SELECT min(slot) FROM tasks_task o WHERE o.case_id = t.case_id AND o.status = 'open' AND o.kind = 'annotate')
    AND NOT EXISTS (SELECT 1 FROM workflow_part p WHERE p.case_id = t.case_id AND p.member_id = %(member)s)
  ORDER BY rank, ring, id LIMIT %(number)s),
parts AS (
  INSERT INTO {part} (id, case_id, round, member_id, kind, slot, outcome, case_number)
    SELECT gen_random_uuid(), case_id, 1, %(member)s, 'reader', slot, 'active', '9' || lpad(n::text, 11, '0')
    FROM first)
UPDATE {task} t SET status = 'leased', holder_id = %(member)s, token = gen_random_uuid(),
    lease_until = clock_timestamp() + interval '1 day', started_at = clock_timestamp()
  FROM first WHERE t.id = first.id
"""


def pass_on_most(database: Database, member: str, share: float) -> None:
    """Give somebody a part in the first cases of the queue; passed on, so that its tasks stay open for others."""
    with without_rules(database) as connection:
        connection.execute(_with_tables(_PASSED_ON), {"member": member, "share": share})
    database.analyze()


def lease_to_others(database: Database, member: str, number: int) -> None:
    """Have somebody hold so many of the first tasks."""
    with without_rules(database) as connection:
        connection.execute(_with_tables(_LEASED), {"member": member, "number": number})
    database.analyze()


def _with_tables(statement: str) -> sql.Composed:
    return sql.SQL(statement).format(part=sql.Identifier("workflow_part"), task=sql.Identifier("tasks_task"))
