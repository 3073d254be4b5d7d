"""What the database holds about tasks: the holder's part, the round's maximum, and an event for every hand-over."""

from django.db import migrations

RULES = r"""
ALTER TABLE tasks_task
  ADD CONSTRAINT task_holder_has_the_part FOREIGN KEY (case_id, round, holder_id, part_kind, part_slot)
    REFERENCES workflow_part (case_id, round, member_id, kind, slot) DEFERRABLE INITIALLY DEFERRED,
  ADD CONSTRAINT task_is_of_a_round FOREIGN KEY (case_id, round, max_slot)
    REFERENCES workflow_caseround (case_id, number, reads_max) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE workflow_read
  ADD CONSTRAINT read_is_of_a_task FOREIGN KEY (task_id) REFERENCES tasks_task (id) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION tasks_task_against_event() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.status = OLD.status AND NEW.holder_id IS NOT DISTINCT FROM OLD.holder_id
     AND NEW.event_id = OLD.event_id THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.event_id = NEW.event_id AND e.xact = pg_current_xact_id()
                 AND e.stream_id = NEW.case_id) THEN
    RAISE EXCEPTION 'A task changes hands only with its event in the same transaction (task %).', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'task_change_has_its_event';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT OR UPDATE ON tasks_task DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION tasks_task_against_event();

CREATE FUNCTION tasks_task_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.status NOT IN ('done', 'withdrawn')
     AND (NEW.case_id, NEW.round, NEW.kind, NEW.slot, NEW.part_kind, NEW.max_slot)
         = (OLD.case_id, OLD.round, OLD.kind, OLD.slot, OLD.part_kind, OLD.max_slot) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A finished task never changes, and a task stays what it was opened for.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'finished_tasks_never_change';
END $$;
CREATE TRIGGER a_guard BEFORE UPDATE OR DELETE ON tasks_task FOR EACH ROW EXECUTE FUNCTION tasks_task_guard();
ALTER TABLE tasks_task ENABLE ALWAYS TRIGGER z_event, ENABLE ALWAYS TRIGGER a_guard;
"""

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON tasks_task TO consilium_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tasks_draft TO consilium_app;
GRANT SELECT ON tasks_task TO consilium_auditor;
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_tables"), ("workflow", "0002_invariants")]
    operations = [migrations.RunSQL(sql) for sql in (RULES, GRANTS)]
