"""Decisions and published versions: written once, each with the event of its own transaction that says the same."""

from django.db import migrations

DECISIONS = r"""
CREATE FUNCTION workflow_refuse_change() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'A row of % is written once: % is refused.', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_are_written_once';
END $$;

-- The action whose event records this row.
CREATE FUNCTION workflow_actions_of(name text, r jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE name
    WHEN 'workflow_read' THEN CASE
      WHEN r ->> 'kind' = 'second_look' THEN ARRAY['read.second_look']
      WHEN r ->> 'kind' = 'first_look' OR r ->> 'revision' = '1' THEN ARRAY['read.submitted']
      ELSE ARRAY['read.revised'] END
    WHEN 'workflow_recall' THEN ARRAY['read.recalled']
    WHEN 'workflow_review' THEN ARRAY['review.' || CASE r ->> 'verdict'
      WHEN 'accept' THEN 'accepted' WHEN 'correct' THEN 'corrected' WHEN 'return' THEN 'returned'
      WHEN 'escalate' THEN 'escalated' ELSE 'waived' END]
    WHEN 'workflow_consensusreport' THEN ARRAY['consensus.computed']
    WHEN 'workflow_arbitration' THEN ARRAY[CASE r ->> 'outcome'
      WHEN 'sent_back' THEN 'arbitration.sent_back' ELSE 'arbitration.decided' END]
    WHEN 'workflow_referencelabel' THEN ARRAY['label.released']
    WHEN 'workflow_caseround' THEN ARRAY['case.advanced', 'case.reopened']
    WHEN 'workflow_acknowledgement' THEN ARRAY['guideline.acknowledged']
    WHEN 'workflow_training' THEN ARRAY['training.completed']
    WHEN 'workflow_safetyreport' THEN ARRAY['safety.reported']
  END
$$;

-- Arguments: the columns that hold the content cited as `after`, what the event is about, and who acted; '' if none.
CREATE FUNCTION workflow_row_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  r jsonb := to_jsonb(NEW); e record; member record; stream uuid; who uuid := (r ->> nullif(TG_ARGV[2], ''))::uuid;
  about text := r ->> nullif(TG_ARGV[1], '');
BEGIN
  SELECT xact, after_digest, action, object_id, actor_id, stream_id INTO e
    FROM audit_event WHERE event_id = NEW.event_id;
  stream := (r ->> 'case_id')::uuid;
  IF TG_TABLE_NAME = 'workflow_recall' THEN
    SELECT case_id, member_id INTO stream, who FROM workflow_read WHERE id = (r ->> 'read_id')::uuid;
  END IF;
  SELECT actor_id, project_id INTO member FROM workflow_membership WHERE id = who;
  IF TG_TABLE_NAME = 'workflow_training' THEN
    about := member.actor_id;  -- a manager records it, about the member
  END IF;
  IF e IS NULL OR e.xact <> pg_current_xact_id() OR e.stream_id IS DISTINCT FROM coalesce(stream, member.project_id)
     OR NOT e.action = ANY (workflow_actions_of(TG_TABLE_NAME, r))
     OR (TG_ARGV[0] <> '' AND e.after_digest IS DISTINCT FROM r ->> TG_ARGV[0])
     OR (about IS NOT NULL AND e.object_id IS DISTINCT FROM about)
     OR (who IS NOT NULL AND TG_TABLE_NAME <> 'workflow_training' AND e.actor_id IS DISTINCT FROM member.actor_id) THEN
    RAISE EXCEPTION 'A row of % needs the event of its own transaction that says the same.', TG_TABLE_NAME
      USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_has_its_event';
  END IF;
  RETURN NULL;
END $$;

DO $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT * FROM (VALUES
      ('workflow_read', 'content_id', 'id', 'member_id'), ('workflow_recall', '', 'read_id', ''),
      ('workflow_review', 'correction_id', 'read_id', 'reviewer_id'),
      ('workflow_consensusreport', 'content_id', 'id', ''),
      ('workflow_arbitration', 'content_id', 'id', 'arbiter_id'), ('workflow_referencelabel', 'content_id', 'id', ''),
      ('workflow_caseround', '', 'case_id', ''), ('workflow_acknowledgement', '', 'guideline_id', 'member_id'),
      ('workflow_training', '', '', 'member_id')
    ) AS v(name, content, object, member) LOOP
    EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %I
                    FOR EACH ROW EXECUTE FUNCTION workflow_refuse_change()', t.name);
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I EXECUTE FUNCTION workflow_refuse_change()', t.name);
    EXECUTE format('CREATE CONSTRAINT TRIGGER z_event AFTER INSERT ON %I DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION workflow_row_against_event(%L, %L, %L)', t.name, t.content, t.object, t.member);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate,
                    ENABLE ALWAYS TRIGGER z_event', t.name);
  END LOOP;
END $$;
"""

VERSIONS = r"""
-- A published version keeps everything but its status, which may only become retired.
CREATE FUNCTION workflow_version_guard() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status = 'draft' THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A version begins as a draft.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'versions_begin_as_drafts';
  END IF;
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

-- Publishing and retiring each need their event, of this version and of whoever is named.
CREATE FUNCTION workflow_version_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  line text := replace(replace(TG_TABLE_NAME, 'workflow_', ''), 'version', '');
BEGIN
  IF NEW.status <> OLD.status AND NOT EXISTS (
      SELECT 1 FROM audit_event e
      WHERE e.stream_id = NEW.project_id AND e.xact = pg_current_xact_id() AND e.object_id = NEW.id::text
        AND e.action = line || '.' || NEW.status
        AND (NEW.status = 'retired' OR (e.event_id = NEW.event_id AND e.after_digest = NEW.content_id
          AND e.actor_id = (SELECT actor_id FROM workflow_membership WHERE id = NEW.published_by_id)))) THEN
    RAISE EXCEPTION 'Publishing and retiring need their event, with the digest of what is published.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_has_its_event';
  END IF;
  RETURN NULL;
END $$;
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['workflow_guidelineversion', 'workflow_protocolversion'] LOOP
    EXECUTE format('CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE ON %I
                    FOR EACH ROW EXECUTE FUNCTION workflow_version_guard()', name);
    EXECUTE format('CREATE CONSTRAINT TRIGGER z_event AFTER UPDATE ON %I DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION workflow_version_against_event()', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER a_guard, ENABLE ALWAYS TRIGGER z_event', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['workflow_guidelineversion', 'workflow_protocolversion', 'workflow_case',
                              'workflow_part', 'workflow_membership', 'workflow_exclusion', 'workflow_safetyreport'] LOOP
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I EXECUTE FUNCTION workflow_refuse_change()', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_truncate', name);
  END LOOP;
END $$;
"""

ROUNDS = r"""
CREATE FUNCTION workflow_round_is_under_published() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
      SELECT 1 FROM workflow_guidelineversion g, workflow_protocolversion p, workflow_case c, audit_content t
      WHERE g.id = NEW.guideline_id AND p.id = NEW.protocol_id AND c.id = NEW.case_id AND t.digest = p.content_id
        AND g.status = 'published' AND p.status = 'published'
        AND g.project_id = c.project_id AND p.project_id = c.project_id
        AND (t.data #>> '{reads,max}')::int = NEW.reads_max
        AND (t.data #>> '{reads,count}')::int = NEW.reads_planned) THEN
    RAISE EXCEPTION 'A round begins under a published guideline and a published protocol, with its numbers of reads.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'round_is_under_published_versions';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION workflow_round_is_the_cases() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM workflow_case c WHERE c.id = NEW.case_id AND c.round = NEW.number) THEN
    RAISE EXCEPTION 'A round is the one that its case is in.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'rounds_follow_each_other';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER a_published BEFORE INSERT ON workflow_caseround FOR EACH ROW
  EXECUTE FUNCTION workflow_round_is_under_published();
CREATE CONSTRAINT TRIGGER y_number AFTER INSERT ON workflow_caseround DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_round_is_the_cases();
ALTER TABLE workflow_caseround ENABLE ALWAYS TRIGGER a_published, ENABLE ALWAYS TRIGGER y_number;
"""

SAFETY = r"""
-- What was reported stays as it was; an acknowledgement and an escalation are added once.
CREATE FUNCTION workflow_safety_guard() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE'
     AND to_jsonb(NEW) - ARRAY['acknowledged_by_id', 'acknowledged_event_id', 'escalated_event_id']
       = to_jsonb(OLD) - ARRAY['acknowledged_by_id', 'acknowledged_event_id', 'escalated_event_id']
     AND (OLD.acknowledged_by_id IS NULL OR (NEW.acknowledged_by_id, NEW.acknowledged_event_id)
            = (OLD.acknowledged_by_id, OLD.acknowledged_event_id))
     AND (OLD.escalated_event_id IS NULL OR NEW.escalated_event_id = OLD.escalated_event_id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'What was reported stays as it was.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_are_written_once';
END $$;
CREATE TRIGGER a_guard BEFORE UPDATE OR DELETE ON workflow_safetyreport FOR EACH ROW
  EXECUTE FUNCTION workflow_safety_guard();
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT ON workflow_safetyreport DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_row_against_event('', 'id', 'reporter_id');
ALTER TABLE workflow_safetyreport ENABLE ALWAYS TRIGGER a_guard, ENABLE ALWAYS TRIGGER z_event;

CREATE FUNCTION workflow_safety_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (NEW.acknowledged_event_id IS DISTINCT FROM OLD.acknowledged_event_id AND NOT EXISTS (
        SELECT 1 FROM audit_event e JOIN workflow_membership m ON m.actor_id = e.actor_id
        WHERE e.event_id = NEW.acknowledged_event_id AND m.id = NEW.acknowledged_by_id AND e.xact = pg_current_xact_id()
          AND e.object_id = NEW.id::text AND e.action = 'safety.acknowledged'))
     OR (NEW.escalated_event_id IS DISTINCT FROM OLD.escalated_event_id AND NOT EXISTS (
        SELECT 1 FROM audit_event e WHERE e.event_id = NEW.escalated_event_id AND e.xact = pg_current_xact_id()
          AND e.object_id = NEW.id::text AND e.action = 'deviation.recorded')) THEN
    RAISE EXCEPTION 'What is added to a safety report needs its event.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_has_its_event';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER z_added AFTER UPDATE ON workflow_safetyreport DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_safety_against_event();
ALTER TABLE workflow_safetyreport ENABLE ALWAYS TRIGGER z_added;
"""


LABELS = r"""
CREATE FUNCTION workflow_final_has_its_label() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM workflow_referencelabel l WHERE l.case_id = NEW.id AND l.round = NEW.round) THEN
    RAISE EXCEPTION 'A case becomes final with its reference label.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'final_case_has_its_label';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER z_label AFTER UPDATE OF state ON workflow_case DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.state = 'final' AND OLD.state <> 'final') EXECUTE FUNCTION workflow_final_has_its_label();
ALTER TABLE workflow_case ENABLE ALWAYS TRIGGER z_label;
"""


class Migration(migrations.Migration):
    dependencies = [("workflow", "0002_machine")]
    operations = [migrations.RunSQL(sql) for sql in (DECISIONS, VERSIONS, ROUNDS, SAFETY, LABELS)]
