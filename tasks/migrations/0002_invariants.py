"""What the database holds about tasks: the holder's part, the round's maximum, and an event for every hand-over."""

from django.db import migrations

RULES = r"""
ALTER TABLE tasks_task
  ADD CONSTRAINT task_holder_has_the_part FOREIGN KEY (case_id, round, holder_id, part_kind, part_slot)
    REFERENCES workflow_part (case_id, round, member_id, kind, slot) DEFERRABLE INITIALLY DEFERRED,
  ADD CONSTRAINT task_is_of_a_round FOREIGN KEY (case_id, round, max_slot)
    REFERENCES workflow_caseround (case_id, number, reads_max) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE tasks_task ADD CONSTRAINT task_of_case_and_round UNIQUE (id, case_id, round);
ALTER TABLE workflow_read
  ADD CONSTRAINT read_is_of_a_task FOREIGN KEY (task_id, case_id, round)
    REFERENCES tasks_task (id, case_id, round) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION tasks_task_against_event() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.status = OLD.status AND NEW.holder_id IS NOT DISTINCT FROM OLD.holder_id
     AND NEW.event_id = OLD.event_id THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (
      SELECT 1 FROM audit_event e WHERE e.event_id = NEW.event_id AND e.xact = pg_current_xact_id()
        AND e.stream_id = NEW.case_id AND CASE NEW.status
          WHEN 'done' THEN
            EXISTS (SELECT 1 FROM workflow_read r WHERE r.event_id = e.event_id AND r.task_id = NEW.id)
            OR EXISTS (SELECT 1 FROM workflow_review v WHERE v.event_id = e.event_id AND v.read_id = NEW.read_id)
            OR (NEW.kind = 'arbitrate' AND EXISTS (
                SELECT 1 FROM workflow_arbitration a WHERE a.event_id = e.event_id AND a.case_id = NEW.case_id))
          WHEN 'leased' THEN e.object_id = NEW.id::text AND e.action = 'task.claimed'
            AND e.actor_id = (SELECT actor_id FROM workflow_membership WHERE id = NEW.holder_id)
          WHEN 'open' THEN e.object_id = NEW.id::text
            AND e.action IN ('task.opened', 'task.released', 'task.skipped', 'task.lapsed')
          WHEN 'reserved' THEN e.object_id = NEW.id::text AND e.action IN ('task.reserved', 'task.released', 'task.lapsed')
          ELSE e.object_id = NEW.id::text AND e.action = 'task.withdrawn' END) THEN
    RAISE EXCEPTION 'A task changes hands only with its event in the same transaction (task %).', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'task_change_has_its_event';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT OR UPDATE ON tasks_task DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION tasks_task_against_event();

CREATE FUNCTION tasks_task_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.status NOT IN ('done', 'withdrawn')
     AND (NEW.case_id, NEW.round, NEW.kind, NEW.slot, NEW.part_kind, NEW.max_slot, NEW.read_id)
         IS NOT DISTINCT FROM (OLD.case_id, OLD.round, OLD.kind, OLD.slot, OLD.part_kind, OLD.max_slot, OLD.read_id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A finished task never changes, and a task stays what it was opened for.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'finished_tasks_never_change';
END $$;
CREATE TRIGGER a_guard BEFORE UPDATE OR DELETE ON tasks_task FOR EACH ROW EXECUTE FUNCTION tasks_task_guard();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON tasks_task EXECUTE FUNCTION workflow_refuse_change();

-- Whoever holds a task plays its part now, not one that they let go.
CREATE FUNCTION tasks_holder_is_active() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM tasks_task t JOIN workflow_part p
             ON (p.case_id, p.round, p.member_id) = (t.case_id, t.round, t.holder_id)
             WHERE (t.case_id, t.round) = (NEW.case_id, NEW.round) AND t.status IN ('reserved', 'leased')
               AND p.outcome NOT IN ('reserved', 'active')) THEN
    RAISE EXCEPTION 'A task is held by somebody who let its part go.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'task_holder_is_active';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER y_holder AFTER UPDATE OF outcome ON workflow_part DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.outcome NOT IN ('reserved', 'active')) EXECUTE FUNCTION tasks_holder_is_active();
CREATE CONSTRAINT TRIGGER y_holder AFTER INSERT OR UPDATE ON tasks_task DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.status IN ('reserved', 'leased')) EXECUTE FUNCTION tasks_holder_is_active();
ALTER TABLE workflow_part ENABLE ALWAYS TRIGGER y_holder;
ALTER TABLE tasks_task ENABLE ALWAYS TRIGGER z_event, ENABLE ALWAYS TRIGGER a_guard,
  ENABLE ALWAYS TRIGGER refuse_truncate, ENABLE ALWAYS TRIGGER y_holder;
"""

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON tasks_task TO consilium_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tasks_draft TO consilium_app;
GRANT SELECT ON tasks_task TO consilium_auditor;
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_tables"), ("workflow", "0005_grants")]
    operations = [migrations.RunSQL(sql) for sql in (RULES, GRANTS)]
