"""A case is held against its log by reading its last events once; what is refused, and by which names, stays the same."""

from django.db import migrations

RULES = r"""
CREATE OR REPLACE FUNCTION workflow_require_case_matches_log(which uuid) RETURNS void LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  c record; e record; is_told boolean := false; logged text;
  legal boolean := true; leaves text; begins_after boolean := false;
BEGIN
  SELECT k.state, k.audit_seq, k.audit_head, p.log_id INTO c
    FROM workflow_case k JOIN workflow_project p ON p.id = k.project_id WHERE k.id = which;
  -- From the last event back to the last move that was told before this transaction: what this one wrote stands above.
  FOR e IN SELECT stream_seq, leaf_hash, xact, stream_kind, log_id, state_from, state_to, action
      FROM audit_event WHERE stream_id = which ORDER BY stream_seq DESC LOOP
    IF NOT is_told THEN
      EXIT WHEN c IS NULL OR e.stream_seq <> c.audit_seq OR e.leaf_hash <> c.audit_head
        OR e.xact <> pg_current_xact_id() OR e.stream_kind <> 'case' OR e.log_id <> c.log_id;
      is_told := true;
    END IF;
    CONTINUE WHEN e.state_to IS NULL;
    logged := coalesce(logged, e.state_to);
    -- Every move told in this transaction leaves the state that was told before it, by its own action.
    legal := legal AND (NOT begins_after OR leaves IS NOT DISTINCT FROM e.state_to);
    begins_after := e.xact = pg_current_xact_id();
    EXIT WHEN NOT begins_after;
    leaves := e.state_from;
    legal := legal AND CASE WHEN e.state_from IS NULL
      THEN e.state_to = 'intake' AND e.action = 'case.created'
      ELSE EXISTS (SELECT 1 FROM workflow_moves() m
        WHERE (m.source, m.target, m.action) = (e.state_from, e.state_to, e.action)) END;
  END LOOP;
  IF NOT is_told THEN
    RAISE EXCEPTION 'A change to a case needs its event in the same transaction, and an event its change (case %).', which
      USING ERRCODE = 'check_violation', CONSTRAINT = 'case_change_has_its_event';
  END IF;
  IF logged IS DISTINCT FROM c.state OR NOT legal OR (begins_after AND leaves IS NOT NULL) THEN
    RAISE EXCEPTION 'The case is in %, which its log does not tell as a legal move (case %).', c.state, which
      USING ERRCODE = 'check_violation', CONSTRAINT = 'case_state_is_the_logged_one';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION workflow_case_against_log() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  now_is workflow_case;
BEGIN
  SELECT * INTO now_is FROM workflow_case WHERE id = NEW.id;
  -- A row that was changed again leaves the check to that change, which has its own.
  IF NOT FOUND OR now_is IS NOT DISTINCT FROM NEW THEN
    PERFORM workflow_require_case_matches_log(NEW.id);
  END IF;
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("workflow", "0010_closed_parts")]
    operations = [migrations.RunSQL(RULES)]
