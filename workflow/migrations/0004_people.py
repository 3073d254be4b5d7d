"""People: who they are, the parts they play, what only two of them may do together."""

from django.db import migrations

PARTS = r"""
-- A part is kept for ever; only a reservation that was never opened may be taken back.
CREATE FUNCTION workflow_part_guard() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.outcome = 'reserved' THEN
      RETURN OLD;
    END IF;
  ELSIF (NEW.case_id, NEW.round, NEW.member_id, NEW.kind, NEW.case_number)
        IS NOT DISTINCT FROM (OLD.case_id, OLD.round, OLD.member_id, OLD.kind, OLD.case_number)
        AND (NEW.outcome <> 'reserved' OR OLD.outcome = 'reserved')
        AND (NEW.slot = OLD.slot OR OLD.outcome IN ('reserved', 'released', 'lapsed')) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'The part that a person played in a case is kept.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'parts_are_kept';
END $$;
CREATE FUNCTION workflow_part_begins() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM workflow_membership m, workflow_case c
                 WHERE m.id = NEW.member_id AND c.id = NEW.case_id AND m.project_id = c.project_id) THEN
    RAISE EXCEPTION 'Only members of a project play a part in its cases.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'parts_are_of_the_projects_members';
  END IF;
  IF NEW.kind <> 'reader' AND EXISTS (
      SELECT 1 FROM workflow_part p WHERE p.case_id = NEW.case_id AND p.member_id = NEW.member_id AND p.kind = 'reader') THEN
    RAISE EXCEPTION 'Nobody reviews or arbitrates a case that they read.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_judges_what_they_read';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER a_guard BEFORE UPDATE OR DELETE ON workflow_part FOR EACH ROW EXECUTE FUNCTION workflow_part_guard();
CREATE TRIGGER b_begins BEFORE INSERT ON workflow_part FOR EACH ROW EXECUTE FUNCTION workflow_part_begins();
ALTER TABLE workflow_part ENABLE ALWAYS TRIGGER a_guard, ENABLE ALWAYS TRIGGER b_begins;

-- A decision is made by whoever plays its part. Arguments: the member's column, the part; slot 0 of a read is the arbiter's.
CREATE FUNCTION workflow_decided_in_part() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  r jsonb := to_jsonb(NEW); who uuid := (r ->> TG_ARGV[0])::uuid; wanted text := TG_ARGV[1]; slots int[];
BEGIN
  IF TG_TABLE_NAME = 'workflow_read' THEN
    wanted := CASE WHEN (r ->> 'slot')::int = 0 THEN 'arbiter' ELSE 'reader' END;
    slots := CASE WHEN (r ->> 'slot')::int = 0 THEN NULL ELSE ARRAY[(r ->> 'slot')::int] END;
  ELSIF TG_TABLE_NAME = 'workflow_review' THEN
    slots := ARRAY[0] || (SELECT slot::int FROM workflow_read WHERE id = (r ->> 'read_id')::uuid);
  END IF;
  IF who IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM workflow_part p
      WHERE p.case_id = (r ->> 'case_id')::uuid AND p.round = (r ->> 'round')::int AND p.member_id = who
        AND p.kind = wanted AND p.outcome = 'active' AND (slots IS NULL OR p.slot = ANY (slots))) THEN
    RAISE EXCEPTION 'A decision is made by whoever plays its part in the case.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_are_by_their_part';
  END IF;
  RETURN NULL;
END $$;
DO $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT * FROM (VALUES ('workflow_read', 'member_id', 'reader'), ('workflow_review', 'reviewer_id', 'reviewer'),
                                 ('workflow_arbitration', 'arbiter_id', 'arbiter')) AS v(name, member, kind) LOOP
    EXECUTE format('CREATE CONSTRAINT TRIGGER y_part AFTER INSERT ON %I DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION workflow_decided_in_part(%L, %L)', t.name, t.member, t.kind);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER y_part', t.name);
  END LOOP;
END $$;
"""

EXCLUSION = r"""
-- A case that somebody claimed is excluded by two people, the second of whom had no part in it.
CREATE FUNCTION workflow_exclusion_by_two() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM workflow_part p WHERE p.case_id = NEW.id AND p.outcome <> 'reserved')
     AND NOT EXISTS (
       SELECT 1 FROM workflow_exclusion x
       JOIN audit_event done ON done.event_id = x.approved_event_id
       JOIN audit_event asked ON asked.event_id = x.requested_event_id
       JOIN workflow_membership approver ON approver.id = x.approved_by_id
       JOIN workflow_membership asker ON asker.id = x.requested_by_id
       WHERE x.case_id = NEW.id AND done.xact = pg_current_xact_id() AND done.stream_id = NEW.id
         AND done.action = 'case.excluded' AND done.actor_id = approver.actor_id
         AND asked.stream_id = NEW.id AND asked.action = 'case.exclusion_requested' AND asked.actor_id = asker.actor_id
         AND NOT EXISTS (SELECT 1 FROM workflow_part p WHERE p.case_id = NEW.id AND p.member_id = x.approved_by_id)) THEN
    RAISE EXCEPTION 'A case that was claimed is excluded by two people, the second of whom has not seen its reads.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'exclusion_needs_a_second_person';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER z_by_two AFTER UPDATE OF state ON workflow_case DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.state = 'excluded' AND OLD.state <> 'excluded') EXECUTE FUNCTION workflow_exclusion_by_two();
ALTER TABLE workflow_case ENABLE ALWAYS TRIGGER z_by_two;

CREATE FUNCTION workflow_exclusion_guard() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.approved_by_id IS NULL
     AND to_jsonb(NEW) - ARRAY['approved_by_id', 'approved_event_id']
       = to_jsonb(OLD) - ARRAY['approved_by_id', 'approved_event_id'] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'Who asked to exclude a case, and who agreed, is kept.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'exclusions_are_kept';
END $$;
CREATE TRIGGER a_guard BEFORE UPDATE OR DELETE ON workflow_exclusion FOR EACH ROW
  EXECUTE FUNCTION workflow_exclusion_guard();
ALTER TABLE workflow_exclusion ENABLE ALWAYS TRIGGER a_guard;

CREATE FUNCTION workflow_exclusion_against_events() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT 1 FROM audit_event e JOIN workflow_membership m ON m.actor_id = e.actor_id
        WHERE e.event_id = NEW.requested_event_id AND m.id = NEW.requested_by_id AND e.stream_id = NEW.case_id
          AND e.action = 'case.exclusion_requested' AND e.xact = pg_current_xact_id()))
     OR (NEW.approved_by_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM audit_event e JOIN workflow_membership m ON m.actor_id = e.actor_id
        WHERE e.event_id = NEW.approved_event_id AND m.id = NEW.approved_by_id AND e.stream_id = NEW.case_id
          AND e.action = 'case.excluded' AND e.xact = pg_current_xact_id())) THEN
    RAISE EXCEPTION 'An exclusion needs the events of who asked for it and of who agreed.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'exclusion_needs_a_second_person';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT OR UPDATE ON workflow_exclusion DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_exclusion_against_events();
ALTER TABLE workflow_exclusion ENABLE ALWAYS TRIGGER z_event;
"""

MEMBERS = r"""
CREATE FUNCTION workflow_member_guard() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.id, NEW.project_id, NEW.user_id, NEW.actor_id, NEW.person)
     IS NOT DISTINCT FROM (OLD.id, OLD.project_id, OLD.user_id, OLD.actor_id, OLD.person) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'Who a member is never changes, and a member is never deleted.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'member_identity_is_fixed';
END $$;
CREATE FUNCTION workflow_member_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.stream_id = NEW.project_id
                 AND e.xact = pg_current_xact_id() AND e.object_id = NEW.actor_id) THEN
    RAISE EXCEPTION 'What a member may do changes only with its event in the same transaction.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'member_change_has_its_event';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER a_guard BEFORE UPDATE OR DELETE ON workflow_membership FOR EACH ROW
  EXECUTE FUNCTION workflow_member_guard();
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT OR UPDATE ON workflow_membership DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_member_against_event();
ALTER TABLE workflow_membership ENABLE ALWAYS TRIGGER a_guard, ENABLE ALWAYS TRIGGER z_event;

CREATE FUNCTION workflow_project_guard() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.id, NEW.log_id, NEW.seed) IS NOT DISTINCT FROM (OLD.id, OLD.log_id, OLD.seed) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A project''s log and the root of its random draws never change.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'project_identity_is_fixed';
END $$;
CREATE TRIGGER a_guard BEFORE UPDATE OR DELETE ON workflow_project FOR EACH ROW EXECUTE FUNCTION workflow_project_guard();
ALTER TABLE workflow_project ENABLE ALWAYS TRIGGER a_guard;
"""


class Migration(migrations.Migration):
    dependencies = [("workflow", "0003_written_once")]
    operations = [migrations.RunSQL(sql) for sql in (PARTS, EXCLUSION, MEMBERS)]
