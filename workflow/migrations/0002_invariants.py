"""The rules of the machine, held by the database.

Each refusal carries the name of a rule as its constraint, which workflow/errors.py turns into a sentence.
"""

from django.db import migrations

MACHINE = r"""
CREATE FUNCTION workflow_moves() RETURNS TABLE (source text, target text) LANGUAGE sql IMMUTABLE AS $$
  VALUES ('intake', 'annotation'), ('annotation', 'junior_review'), ('junior_review', 'annotation'),
         ('junior_review', 'arbitration'), ('junior_review', 'consensus'), ('consensus', 'annotation'),
         ('consensus', 'arbitration'), ('consensus', 'final'), ('arbitration', 'annotation'),
         ('arbitration', 'final'), ('final', 'annotation'), ('final', 'arbitration'),
         ('intake', 'excluded'), ('annotation', 'excluded'), ('junior_review', 'excluded'),
         ('consensus', 'excluded'), ('arbitration', 'excluded'), ('final', 'excluded'),
         ('excluded', 'intake'), ('excluded', 'annotation'), ('excluded', 'junior_review'),
         ('excluded', 'consensus'), ('excluded', 'arbitration'), ('excluded', 'final')
$$;

CREATE FUNCTION workflow_case_move() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'intake' THEN
      RAISE EXCEPTION 'A case begins in intake, not in %.', NEW.state
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
  IF (OLD.state <> 'excluded' AND NEW.state = 'excluded' AND NEW.excluded_from <> OLD.state)
     OR (OLD.state = 'excluded' AND NEW.state <> 'excluded' AND NEW.state <> OLD.excluded_from) THEN
    RAISE EXCEPTION 'An excluded case goes back to where it was, and nowhere else.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'case_is_reinstated_to_where_it_was';
  END IF;
  IF NEW.round < OLD.round OR NEW.round > OLD.round + 1
     OR (NEW.round > OLD.round AND OLD.state NOT IN ('intake', 'final')) THEN
    RAISE EXCEPTION 'A new round begins at intake or when a final case is reopened.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'rounds_follow_each_other';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER a_move BEFORE INSERT OR UPDATE ON workflow_case FOR EACH ROW EXECUTE FUNCTION workflow_case_move();

CREATE FUNCTION workflow_require_case_matches_log(which uuid) RETURNS void LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public AS $$
DECLARE
  c record; e record; logged text;
BEGIN
  SELECT state, audit_seq, audit_head INTO c FROM workflow_case WHERE id = which;
  SELECT stream_seq, leaf_hash, xact INTO e FROM audit_event WHERE stream_id = which ORDER BY stream_seq DESC LIMIT 1;
  SELECT state_to INTO logged FROM audit_event
    WHERE stream_id = which AND state_to IS NOT NULL ORDER BY stream_seq DESC LIMIT 1;
  IF c IS NULL OR e IS NULL OR e.stream_seq <> c.audit_seq OR e.leaf_hash <> c.audit_head
     OR e.xact <> pg_current_xact_id() THEN
    RAISE EXCEPTION 'A change to a case needs its event in the same transaction, and an event its change (case %).', which
      USING ERRCODE = 'check_violation', CONSTRAINT = 'case_change_has_its_event';
  END IF;
  IF logged IS DISTINCT FROM c.state THEN
    RAISE EXCEPTION 'The case is in % but its log says % (case %).', c.state, logged, which
      USING ERRCODE = 'check_violation', CONSTRAINT = 'case_state_is_the_logged_one';
  END IF;
END $$;
CREATE FUNCTION workflow_case_against_log() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM workflow_require_case_matches_log(NEW.id);
  RETURN NULL;
END $$;
CREATE FUNCTION workflow_event_against_case() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM workflow_require_case_matches_log(NEW.stream_id);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER z_logged AFTER INSERT OR UPDATE ON workflow_case DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_case_against_log();
CREATE CONSTRAINT TRIGGER z_case AFTER INSERT ON audit_event DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.stream_kind = 'case') EXECUTE FUNCTION workflow_event_against_case();
ALTER TABLE workflow_case ENABLE ALWAYS TRIGGER a_move, ENABLE ALWAYS TRIGGER z_logged;
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER z_case;
"""

WRITTEN_ONCE = r"""
CREATE FUNCTION workflow_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  RAISE EXCEPTION 'A row of % is written once: % is refused.', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_are_written_once';
END $$;

-- TG_ARGV[0]: the column that holds the content digest which the event must cite as `after`, if any.
CREATE FUNCTION workflow_row_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  e record;
BEGIN
  SELECT xact, after_digest INTO e FROM audit_event WHERE event_id = NEW.event_id;
  IF e IS NULL OR e.xact <> pg_current_xact_id()
     OR (TG_NARGS > 0 AND e.after_digest IS DISTINCT FROM to_jsonb(NEW) ->> TG_ARGV[0]) THEN
    RAISE EXCEPTION 'A row of % needs the event of its own transaction, with the digest of its content.', TG_TABLE_NAME
      USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_has_its_event';
  END IF;
  RETURN NULL;
END $$;

DO $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT * FROM (VALUES
      ('workflow_read', '''content_id'''), ('workflow_recall', ''), ('workflow_review', ''),
      ('workflow_consensusreport', '''content_id'''), ('workflow_arbitration', '''content_id'''),
      ('workflow_referencelabel', '''content_id'''), ('workflow_caseround', ''), ('workflow_acknowledgement', '')
    ) AS v(name, cited) LOOP
    EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %I
                    FOR EACH ROW EXECUTE FUNCTION workflow_refuse_change()', t.name);
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I EXECUTE FUNCTION workflow_refuse_change()', t.name);
    EXECUTE format('CREATE CONSTRAINT TRIGGER z_event AFTER INSERT ON %I DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION workflow_row_against_event(%s)', t.name, t.cited);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate,
                    ENABLE ALWAYS TRIGGER z_event', t.name);
  END LOOP;
END $$;

-- A published version keeps everything but its status, which may only become retired.
CREATE FUNCTION workflow_version_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.status = 'draft' THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF OLD.status = 'draft' AND NEW.status IN ('draft', 'published') THEN
      RETURN NEW;
    END IF;
    IF OLD.status = 'published' AND NEW.status = 'retired'
       AND to_jsonb(NEW) - 'status' = to_jsonb(OLD) - 'status' THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'A published version never changes: make a new one.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'published_versions_never_change';
END $$;
CREATE FUNCTION workflow_version_begins() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF NEW.status <> 'draft' THEN
    RAISE EXCEPTION 'A version begins as a draft.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'versions_begin_as_drafts';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION workflow_version_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
DECLARE
  e record;
BEGIN
  IF NEW.status = 'published' AND OLD.status = 'draft' THEN
    SELECT xact, after_digest, action INTO e FROM audit_event WHERE event_id = NEW.event_id;
    IF e IS NULL OR e.xact <> pg_current_xact_id() OR e.after_digest IS DISTINCT FROM NEW.content_id
       OR e.action NOT IN ('guideline.published', 'protocol.published') THEN
      RAISE EXCEPTION 'Publishing needs its event, with the digest of what is published.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_has_its_event';
    END IF;
  END IF;
  RETURN NULL;
END $$;
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['workflow_guidelineversion', 'workflow_protocolversion'] LOOP
    EXECUTE format('CREATE TRIGGER a_begins BEFORE INSERT ON %I FOR EACH ROW EXECUTE FUNCTION workflow_version_begins()', name);
    EXECUTE format('CREATE TRIGGER a_guard BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION workflow_version_guard()', name);
    EXECUTE format('CREATE CONSTRAINT TRIGGER z_event AFTER UPDATE ON %I DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION workflow_version_against_event()', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER a_begins, ENABLE ALWAYS TRIGGER a_guard,
                    ENABLE ALWAYS TRIGGER z_event', name);
  END LOOP;
END $$;

CREATE FUNCTION workflow_round_is_under_published() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT EXISTS (
      SELECT 1 FROM workflow_guidelineversion g, workflow_protocolversion p, workflow_case c
      WHERE g.id = NEW.guideline_id AND p.id = NEW.protocol_id AND c.id = NEW.case_id
        AND g.status = 'published' AND p.status = 'published'
        AND g.project_id = c.project_id AND p.project_id = c.project_id) THEN
    RAISE EXCEPTION 'A round begins under a published guideline and a published protocol of its project.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'round_is_under_published_versions';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER a_published BEFORE INSERT ON workflow_caseround FOR EACH ROW
  EXECUTE FUNCTION workflow_round_is_under_published();
"""

PEOPLE = r"""
-- A part is kept for ever; only a reservation that was never opened may be taken back.
CREATE FUNCTION workflow_part_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.outcome = 'reserved' THEN
      RETURN OLD;
    END IF;
  ELSIF (NEW.case_id, NEW.round, NEW.member_id, NEW.kind, NEW.case_number)
        IS NOT DISTINCT FROM (OLD.case_id, OLD.round, OLD.member_id, OLD.kind, OLD.case_number)
        AND (NEW.slot = OLD.slot OR OLD.outcome IN ('reserved', 'released', 'lapsed')) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'The part that a person played in a case is kept.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'parts_are_kept';
END $$;
CREATE TRIGGER a_guard BEFORE UPDATE OR DELETE ON workflow_part FOR EACH ROW EXECUTE FUNCTION workflow_part_guard();
ALTER TABLE workflow_part ENABLE ALWAYS TRIGGER a_guard;

-- A case that somebody claimed is excluded by two people, the second of whom had no part in it.
CREATE FUNCTION workflow_exclusion_by_two() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM workflow_part p WHERE p.case_id = NEW.id AND p.outcome <> 'reserved')
     AND NOT EXISTS (
       SELECT 1 FROM workflow_exclusion x JOIN audit_event e ON e.event_id = x.approved_event_id
       WHERE x.case_id = NEW.id AND x.approved_by_id IS NOT NULL AND e.xact = pg_current_xact_id()
         AND NOT EXISTS (SELECT 1 FROM workflow_part p WHERE p.case_id = NEW.id AND p.member_id = x.approved_by_id)) THEN
    RAISE EXCEPTION 'A case that was claimed is excluded by two people, the second of whom has not seen its reads.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'exclusion_needs_a_second_person';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER z_by_two AFTER UPDATE OF state ON workflow_case DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.state = 'excluded' AND OLD.state <> 'excluded') EXECUTE FUNCTION workflow_exclusion_by_two();
ALTER TABLE workflow_case ENABLE ALWAYS TRIGGER z_by_two;
"""

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON workflow_project, workflow_membership, workflow_case, workflow_exclusion TO consilium_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON workflow_part, workflow_guidelineversion, workflow_protocolversion TO consilium_app;
GRANT SELECT, INSERT ON workflow_caseround, workflow_read, workflow_recall, workflow_review, workflow_consensusreport,
  workflow_arbitration, workflow_referencelabel, workflow_acknowledgement TO consilium_app;
GRANT SELECT ON workflow_project, workflow_membership, workflow_case, workflow_exclusion, workflow_part,
  workflow_guidelineversion, workflow_protocolversion, workflow_caseround, workflow_read, workflow_recall,
  workflow_review, workflow_consensusreport, workflow_arbitration, workflow_referencelabel, workflow_acknowledgement
  TO consilium_auditor;
"""


class Migration(migrations.Migration):
    dependencies = [("workflow", "0001_tables"), ("audit", "0003_enforcement")]
    operations = [migrations.RunSQL(sql) for sql in (MACHINE, WRITTEN_ONCE, PEOPLE, GRANTS)]
