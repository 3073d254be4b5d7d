"""The rules of an event asked once for all events of a statement; what they refuse, and by which names, stays the same.

An event's time, log and place in its chain were asked row by row, and its bytes read anew for each. They are read from
the columns that are generated from those bytes now, which only exist once a row is in.
"""

from django.db import migrations

RULES = r"""
DROP TRIGGER a_frozen ON audit_event;
DROP TRIGGER b_chain ON audit_event;

CREATE OR REPLACE FUNCTION audit_event_stamp() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.xact := pg_current_xact_id();
  NEW.db_time := clock_timestamp();
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION audit_event_not_into_a_frozen_log() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- The lock that the foreign key takes anyway, but before the question and not after it.
  PERFORM 1 FROM audit_log l WHERE l.id IN (SELECT t.log_id FROM told t) ORDER BY l.id FOR KEY SHARE;
  IF EXISTS (SELECT 1 FROM audit_log l JOIN audit_log n ON n.project_id = l.project_id AND n.epoch > l.epoch
             WHERE l.id IN (SELECT t.log_id FROM told t)) THEN
    RAISE EXCEPTION 'This log is frozen: its project goes on in another epoch.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'log_is_frozen';
  END IF;
  RETURN NULL;
END $$;

-- Each event is looked up beside the one before it by the index, however few rows the planner believes there are.
CREATE OR REPLACE FUNCTION audit_event_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET enable_seqscan = off SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  bad record;
BEGIN
  SELECT f.* INTO bad FROM (
    SELECT t.id, t.server_time, t.db_time, t.stream_id, t.stream_seq, t.regressed_us,
        abs(extract(epoch FROM t.db_time - t.server_time::timestamptz)) > 5 AS another_time,
        audit_text_at(t.body, 'log') IS DISTINCT FROM l.origin AS another_log,
        t.stream_seq < 1
          OR (t.stream_seq > 1 AND b.id IS NULL)
          OR t.prev IS DISTINCT FROM 'sha256:' || encode(b.leaf_hash, 'hex')
          OR t.stream_kind <> coalesce(b.stream_kind, t.stream_kind)
          OR (t.log_id <> coalesce(b.log_id, t.log_id) AND NOT EXISTS (
                SELECT 1 FROM audit_log o JOIN audit_log n ON n.project_id = o.project_id AND n.epoch > o.epoch
                WHERE o.id = b.log_id AND n.id = t.log_id)) AS another_place,
        CASE WHEN t.server_time < b.server_time
          THEN round(extract(epoch FROM b.server_time::timestamptz - t.server_time::timestamptz) * 1000000)
          ELSE 0 END AS back
      FROM told t LEFT JOIN audit_log l ON l.id = t.log_id
      LEFT JOIN LATERAL (
        SELECT e.id, e.leaf_hash, e.stream_kind, e.log_id, e.server_time FROM audit_event e
        WHERE e.stream_id = t.stream_id AND e.stream_seq = t.stream_seq - 1 OFFSET 0) AS b ON t.stream_seq > 1
    ) AS f
    WHERE f.another_time OR f.another_log OR f.another_place OR f.regressed_us <> f.back
    ORDER BY f.id LIMIT 1;
  IF bad.another_time THEN
    RAISE EXCEPTION 'An event must carry the time of the database: it says %, the database has %.',
        bad.server_time, bad.db_time
      USING ERRCODE = 'check_violation', CONSTRAINT = 'event_time_is_the_databases';
  ELSIF bad.another_log THEN
    RAISE EXCEPTION 'The event names another log than the one it is written to.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'event_is_in_its_log';
  ELSIF bad.another_place THEN
    RAISE EXCEPTION 'The event does not follow the last one of its stream (%, place %).', bad.stream_id, bad.stream_seq
      USING ERRCODE = 'check_violation', CONSTRAINT = 'event_follows_its_stream';
  ELSIF bad.id IS NOT NULL THEN
    RAISE EXCEPTION 'The clock went back by % microseconds and the event says %.', bad.back, bad.regressed_us
      USING ERRCODE = 'check_violation', CONSTRAINT = 'event_time_goes_forward';
  END IF;
  INSERT INTO audit_pending (event_id) SELECT t.id FROM told t;
  RETURN NULL;
END $$;

CREATE TRIGGER a_frozen AFTER INSERT ON audit_event REFERENCING NEW TABLE AS told
  FOR EACH STATEMENT EXECUTE FUNCTION audit_event_not_into_a_frozen_log();
CREATE TRIGGER b_chain AFTER INSERT ON audit_event REFERENCING NEW TABLE AS told
  FOR EACH STATEMENT EXECUTE FUNCTION audit_event_chain();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER a_frozen, ENABLE ALWAYS TRIGGER b_chain;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_epochs")]
    operations = [migrations.RunSQL(RULES)]
