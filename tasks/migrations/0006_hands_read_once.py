"""A task is held against its event by what its status asks alone; what is refused, and by which name, stays the same."""

from django.db import migrations

RULES = r"""
CREATE OR REPLACE FUNCTION tasks_task_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  e record; fits boolean;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.status = OLD.status AND NEW.holder_id IS NOT DISTINCT FROM OLD.holder_id
     AND NEW.event_id = OLD.event_id THEN
    RETURN NULL;
  END IF;
  SELECT xact, stream_id, object_id, action, actor_id INTO e FROM audit_event WHERE event_id = NEW.event_id;
  IF NOT FOUND OR e.xact <> pg_current_xact_id() OR e.stream_id <> NEW.case_id THEN
    fits := false;
  ELSIF NEW.status = 'done' THEN
    fits := EXISTS (SELECT 1 FROM workflow_read r WHERE r.event_id = NEW.event_id AND r.task_id = NEW.id)
      OR EXISTS (SELECT 1 FROM workflow_review v WHERE v.event_id = NEW.event_id AND v.read_id = NEW.read_id)
      OR (NEW.kind = 'arbitrate' AND EXISTS (
          SELECT 1 FROM workflow_arbitration a WHERE a.event_id = NEW.event_id AND a.case_id = NEW.case_id));
  ELSIF e.object_id IS DISTINCT FROM NEW.id::text THEN
    fits := false;
  ELSIF NEW.status = 'leased' THEN
    fits := e.action = 'task.claimed'
      AND e.actor_id = (SELECT actor_id FROM workflow_membership WHERE id = NEW.holder_id);
  ELSIF NEW.status = 'open' THEN
    fits := e.action IN ('task.opened', 'task.released', 'task.skipped', 'task.lapsed');
  ELSIF NEW.status = 'reserved' THEN
    fits := e.action IN ('task.reserved', 'task.released', 'task.lapsed');
  ELSE
    fits := e.action = 'task.withdrawn';
  END IF;
  IF fits IS NOT TRUE THEN
    RAISE EXCEPTION 'A task changes hands only with its event in the same transaction (task %).', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'task_change_has_its_event';
  END IF;
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0005_late"), ("workflow", "0011_moves_read_once")]
    operations = [migrations.RunSQL(RULES)]
