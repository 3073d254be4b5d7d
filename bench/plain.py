"""The least that a claim and a submission can be: one SKIP LOCKED update and one insert into an audit table."""

import json

TABLES = """
CREATE TABLE bench_task (id uuid PRIMARY KEY, rank bigint NOT NULL, status text NOT NULL, holder int, result jsonb);
CREATE INDEX bench_open ON bench_task (rank) WHERE status = 'open';
CREATE TABLE bench_audit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL);
GRANT SELECT, UPDATE ON bench_task TO consilium_app;
GRANT INSERT ON bench_audit TO consilium_app;
"""
FILL = "INSERT INTO bench_task SELECT gen_random_uuid(), n, 'open' FROM generate_series(1, {}) AS n"
CLAIM = """
UPDATE bench_task SET status = 'leased', holder = %(holder)s WHERE id = (
  SELECT id FROM bench_task WHERE status = 'open' ORDER BY rank LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id
"""
SUBMIT = (
    "UPDATE bench_task SET status = 'done', result = %(result)s WHERE id = %(task)s AND status = 'leased'"
)
AUDIT = "INSERT INTO bench_audit (body) VALUES (%(body)s)"
_LIKE_AN_EVENT = "x" * 1_600


def audited(action: str, task: str) -> bytes:
    """A record of the act, about as long as an event of the log."""
    return json.dumps({"action": action, "task": task, "more": _LIKE_AN_EVENT}).encode()
