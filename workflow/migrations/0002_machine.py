"""The machine, held by the database: legal moves, and no change of a case without its event.

Each refusal carries the name of a rule as its constraint, which workflow/errors.py turns into a sentence.
"""

from django.db import migrations

MOVES = r"""
CREATE FUNCTION workflow_moves() RETURNS TABLE (source text, target text, action text) LANGUAGE sql IMMUTABLE AS $$
  VALUES ('intake', 'annotation', 'case.advanced'),
         ('annotation', 'junior_review', 'case.advanced'),
         ('junior_review', 'annotation', 'case.advanced'),
         ('junior_review', 'arbitration', 'case.advanced'),
         ('junior_review', 'consensus', 'case.advanced'),
         ('consensus', 'annotation', 'case.advanced'),
         ('consensus', 'arbitration', 'case.advanced'),
         ('consensus', 'final', 'label.released'),
         ('arbitration', 'annotation', 'arbitration.sent_back'),
         ('arbitration', 'final', 'label.released'),
         ('final', 'annotation', 'case.reopened'),
         ('final', 'arbitration', 'case.reopened'),
         ('intake', 'excluded', 'case.excluded'),
         ('annotation', 'excluded', 'case.excluded'),
         ('junior_review', 'excluded', 'case.excluded'),
         ('consensus', 'excluded', 'case.excluded'),
         ('arbitration', 'excluded', 'case.excluded'),
         ('final', 'excluded', 'case.excluded'),
         ('excluded', 'intake', 'case.reinstated'),
         ('excluded', 'annotation', 'case.reinstated'),
         ('excluded', 'junior_review', 'case.reinstated'),
         ('excluded', 'consensus', 'case.reinstated'),
         ('excluded', 'arbitration', 'case.reinstated'),
         ('excluded', 'final', 'case.reinstated')
$$;

CREATE FUNCTION workflow_case_move() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  begins_round boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'intake' OR NEW.round <> 0 OR NEW.reads_wanted <> 0 OR NEW.passes <> 0 OR NEW.held THEN
      RAISE EXCEPTION 'A case begins in intake, before its first round, not in %.', NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'case_begins_in_intake';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.project_id, NEW.external_ref, NEW.patient_key, NEW.split)
     IS DISTINCT FROM (OLD.project_id, OLD.external_ref, OLD.patient_key, OLD.split) THEN
    RAISE EXCEPTION 'A case''s project, reference, patient and split are fixed at intake.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'case_identity_is_fixed';
  END IF;
  IF NEW.state <> OLD.state AND NOT EXISTS (
      SELECT 1 FROM workflow_moves() m WHERE m.source = OLD.state AND m.target = NEW.state) THEN
    RAISE EXCEPTION 'A case does not go from % to %.', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'case_move_is_legal';
  END IF;
  IF NEW.state <> OLD.state AND OLD.held AND NEW.held THEN
    RAISE EXCEPTION 'A case on hold keeps its place.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'held_case_keeps_its_place';
  END IF;
  IF (OLD.state <> 'excluded' AND NEW.state = 'excluded' AND NEW.excluded_from <> OLD.state)
     OR (OLD.state = 'excluded' AND NEW.state = 'excluded' AND NEW.excluded_from <> OLD.excluded_from)
     OR (OLD.state = 'excluded' AND NEW.state <> 'excluded' AND NEW.state <> OLD.excluded_from) THEN
    RAISE EXCEPTION 'An excluded case goes back to where it was, and nowhere else.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'case_is_reinstated_to_where_it_was';
  END IF;
  begins_round := (OLD.state = 'intake' AND NEW.state = 'annotation')
    OR (OLD.state = 'final' AND NEW.state IN ('annotation', 'arbitration'));
  IF NEW.round <> OLD.round + begins_round::int THEN
    RAISE EXCEPTION 'A new round begins at intake or when a final case is reopened, and only so.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'rounds_follow_each_other';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER a_move BEFORE INSERT OR UPDATE ON workflow_case FOR EACH ROW EXECUTE FUNCTION workflow_case_move();
ALTER TABLE workflow_case ENABLE ALWAYS TRIGGER a_move;
"""

AGAINST_LOG = r"""
CREATE FUNCTION workflow_require_case_matches_log(which uuid) RETURNS void LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  c record; e record; logged text;
BEGIN
  SELECT k.state, k.audit_seq, k.audit_head, p.log_id INTO c
    FROM workflow_case k JOIN workflow_project p ON p.id = k.project_id WHERE k.id = which;
  SELECT stream_seq, leaf_hash, xact, stream_kind, log_id INTO e
    FROM audit_event WHERE stream_id = which ORDER BY stream_seq DESC LIMIT 1;
  IF c IS NULL OR e IS NULL OR e.stream_seq <> c.audit_seq OR e.leaf_hash <> c.audit_head
     OR e.xact <> pg_current_xact_id() OR e.stream_kind <> 'case' OR e.log_id <> c.log_id THEN
    RAISE EXCEPTION 'A change to a case needs its event in the same transaction, and an event its change (case %).', which
      USING ERRCODE = 'check_violation', CONSTRAINT = 'case_change_has_its_event';
  END IF;
  SELECT state_to INTO logged FROM audit_event
    WHERE stream_id = which AND state_to IS NOT NULL ORDER BY stream_seq DESC LIMIT 1;
  -- Every move told in this transaction leaves the state that was told before it, by its own action.
  IF logged IS DISTINCT FROM c.state OR EXISTS (
      SELECT 1 FROM (
        SELECT state_from, state_to, action, xact, lag(state_to) OVER (ORDER BY stream_seq) AS before
        FROM audit_event WHERE stream_id = which AND state_to IS NOT NULL) AS told
      WHERE told.xact = pg_current_xact_id() AND (
        told.state_from IS DISTINCT FROM told.before
        OR CASE WHEN told.state_from IS NULL
             THEN told.state_to <> 'intake' OR told.action <> 'case.created'
             ELSE NOT EXISTS (SELECT 1 FROM workflow_moves() m
               WHERE (m.source, m.target, m.action) = (told.state_from, told.state_to, told.action)) END)) THEN
    RAISE EXCEPTION 'The case is in %, which its log does not tell as a legal move (case %).', c.state, which
      USING ERRCODE = 'check_violation', CONSTRAINT = 'case_state_is_the_logged_one';
  END IF;
END $$;
CREATE FUNCTION workflow_case_against_log() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM workflow_require_case_matches_log(NEW.id);
  RETURN NULL;
END $$;
CREATE FUNCTION workflow_event_against_case() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- An older event of the same stream leaves the check to the newest one, which looks at all of them.
  IF NOT EXISTS (SELECT 1 FROM audit_event WHERE stream_id = NEW.stream_id AND stream_seq = NEW.stream_seq + 1) THEN
    PERFORM workflow_require_case_matches_log(NEW.stream_id);
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER z_logged AFTER INSERT OR UPDATE ON workflow_case DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_case_against_log();
CREATE CONSTRAINT TRIGGER z_case AFTER INSERT ON audit_event DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.stream_kind = 'case') EXECUTE FUNCTION workflow_event_against_case();
ALTER TABLE workflow_case ENABLE ALWAYS TRIGGER z_logged;
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER z_case;
"""


class Migration(migrations.Migration):
    dependencies = [("workflow", "0001_tables"), ("audit", "0003_enforcement")]
    operations = [migrations.RunSQL(sql) for sql in (MOVES, AGAINST_LOG)]
