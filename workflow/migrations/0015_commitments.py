"""What readers commit to alone before a model's marks are shown to them, and how they went on from it."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


RULES = r"""
CREATE OR REPLACE FUNCTION workflow_actions_of(name text, r jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
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
    WHEN 'workflow_probe' THEN ARRAY['case.created']
    WHEN 'workflow_probescore' THEN ARRAY['probe.scored']
    WHEN 'workflow_prediction' THEN ARRAY['prelabel.attached']
    WHEN 'workflow_commitment' THEN ARRAY['read.committed']
  END
$$;

-- A commitment is asked for by the round's protocol, of a case of which its model said something, never in the test split.
CREATE FUNCTION workflow_commitment_fits() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  about record;
BEGIN
  SELECT c.split, c.project_id, coalesce(c.source_case_id, c.id) AS case_id, t.data -> 'model' AS model INTO about
    FROM workflow_case c JOIN workflow_caseround r ON r.case_id = c.id AND r.number = NEW.round
      JOIN workflow_protocolversion p ON p.id = r.protocol_id JOIN audit_content t ON t.digest = p.content_id
    WHERE c.id = NEW.case_id;
  IF about.split = 'test' THEN
    RAISE EXCEPTION 'In the test split nobody is shown what a model says.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'no_model_is_shown_in_the_test_split';
  END IF;
  IF about.model ->> 'show' IS DISTINCT FROM 'after_commitment' OR NOT EXISTS (
      SELECT 1 FROM workflow_prediction p JOIN workflow_readermodel m ON m.id = p.model_id
      WHERE p.case_id = about.case_id AND m.project_id = about.project_id AND m.digest = about.model ->> 'model') THEN
    RAISE EXCEPTION 'A commitment is made where the protocol shows a model''s marks after it, and there are some.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'commitment_fits_its_round';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_fits BEFORE INSERT ON workflow_commitment FOR EACH ROW EXECUTE FUNCTION workflow_commitment_fits();

-- It is made before any marks were shown, as its event and its display say.
CREATE FUNCTION workflow_commitment_is_blind() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM audit_event e JOIN audit_content d ON d.digest = NEW.display_id
                 WHERE e.event_id = NEW.event_id
                   AND audit_json_of('application/json', e.body) ->> 'display' = NEW.display_id
                   AND audit_json_of('application/json', e.body) #> '{blinding,model_output}' = 'true'
                   AND d.data ->> 'schema' LIKE 'consilium/display/%'
                   AND NOT d.data -> 'items' @> '[{"kind": "model_output"}]')
     OR EXISTS (SELECT 1 FROM workflow_assistance a JOIN workflow_read r ON r.id = a.read_id
                WHERE r.case_id = NEW.case_id AND r.round = NEW.round AND r.member_id = NEW.member_id
                  AND a.commitment_id IS DISTINCT FROM NEW.id) THEN
    RAISE EXCEPTION 'A commitment is made before a model''s marks are shown.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'commitment_is_made_before_the_marks';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER z_unseen AFTER INSERT ON workflow_commitment DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_commitment_is_blind();
CREATE CONSTRAINT TRIGGER y_part AFTER INSERT ON workflow_commitment DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_decided_in_part('member_id', 'reader');
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT ON workflow_commitment DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_row_against_event('content_id', 'id', 'member_id');
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON workflow_commitment
  FOR EACH ROW EXECUTE FUNCTION workflow_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workflow_commitment EXECUTE FUNCTION workflow_refuse_change();
ALTER TABLE workflow_commitment ENABLE ALWAYS TRIGGER b_fits, ENABLE ALWAYS TRIGGER y_part, ENABLE ALWAYS TRIGGER z_unseen,
  ENABLE ALWAYS TRIGGER z_event, ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate;

-- What was shown is of the read's own case (a showing's is its source's), as its protocol says, never in the test split;
-- and after a commitment only where its reader made one before.
CREATE OR REPLACE FUNCTION workflow_assistance_fits() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  shown record;
BEGIN
  SELECT c.split, coalesce(c.source_case_id, c.id) AS case_id, r.case_id AS own_id, r.round, r.member_id, r.submitted_at,
      t.data #>> '{model,show}' AS show INTO shown
    FROM workflow_read r JOIN workflow_case c ON c.id = r.case_id
      JOIN workflow_caseround n ON n.case_id = c.id AND n.number = r.round
      JOIN workflow_protocolversion v ON v.id = n.protocol_id JOIN audit_content t ON t.digest = v.content_id
    WHERE r.id = NEW.read_id;
  IF shown.split = 'test' AND NEW.manner = 'as_start' THEN
    RAISE EXCEPTION 'In the test split nobody starts from what a model says.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'no_start_from_a_model_in_the_test_split';
  END IF;
  IF shown.split = 'test' THEN
    RAISE EXCEPTION 'In the test split nobody is shown what a model says.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'no_model_is_shown_in_the_test_split';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM workflow_prediction p WHERE p.id = NEW.prediction_id AND p.case_id = shown.case_id)
     OR shown.show IS DISTINCT FROM NEW.manner THEN
    RAISE EXCEPTION 'What a reader was shown is of the case that they read, and shown as its protocol says.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'assistance_fits_its_read';
  END IF;
  IF NEW.manner = 'after_commitment' AND NOT EXISTS (
      SELECT 1 FROM workflow_commitment m WHERE m.id = NEW.commitment_id AND m.case_id = shown.own_id
        AND m.round = shown.round AND m.member_id = shown.member_id AND m.committed_at < shown.submitted_at) THEN
    RAISE EXCEPTION 'A model''s marks are shown after the reader''s own commitment in this round.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'commitment_comes_first';
  END IF;
  RETURN NEW;
END $$;

-- It carries the event of its read, which cites all contents; the display names them; the figures are the content's.
CREATE OR REPLACE FUNCTION workflow_assistance_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
      SELECT 1 FROM workflow_read r JOIN workflow_prediction p ON p.id = NEW.prediction_id
        JOIN audit_event e ON e.event_id = r.event_id AND e.xact = pg_current_xact_id()
        JOIN audit_content d ON d.digest = r.display_id JOIN audit_content c ON c.digest = NEW.content_id
        LEFT JOIN workflow_commitment m ON m.id = NEW.commitment_id
        LEFT JOIN audit_event o ON o.event_id = m.event_id
      WHERE r.id = NEW.read_id AND r.event_id = NEW.event_id
        AND audit_json_of('application/json', e.body) -> 'inputs' @> jsonb_build_array(
              jsonb_build_object('role', 'assistance', 'digest', NEW.content_id),
              jsonb_build_object('role', 'prelabel', 'digest', p.content_id))
        AND d.data -> 'items' @> jsonb_build_array(jsonb_build_object('kind', 'model_output', 'digest', p.content_id))
        AND c.data -> 'counts' = jsonb_build_object(
              'kept', NEW.kept, 'changed', NEW.changed, 'dropped', NEW.dropped, 'added', NEW.added)
        AND (NEW.commitment_id IS NULL OR (o.stream_seq < e.stream_seq
          AND audit_json_of('application/json', e.body) -> 'inputs' @> jsonb_build_array(
                jsonb_build_object('role', 'commitment', 'digest', m.content_id))
          AND d.data -> 'items' @> jsonb_build_array(jsonb_build_object('kind', 'commitment', 'digest', m.content_id))
          AND c.data #>> '{since_commitment,commitment}' = m.content_id
          AND c.data #>> '{since_commitment,shift}' = NEW.shift
          AND (NEW.shift = 'unchanged') = (m.content_id = r.content_id)))) THEN
    RAISE EXCEPTION 'What became of a model''s marks is written with the event of its read, which says the same.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'assistance_has_its_event';
  END IF;
  RETURN NULL;
END $$;

-- No read with a model's marks on the page, or after its reader's commitment, without the row that says what became of them.
CREATE OR REPLACE FUNCTION workflow_read_with_a_model() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (EXISTS (SELECT 1 FROM audit_content d WHERE d.digest = NEW.display_id
              AND d.data -> 'items' @> '[{"kind": "model_output"}]')
      OR NEW.kind IN ('planned', 'conditional', 'same_reader') AND EXISTS (
           SELECT 1 FROM workflow_commitment m WHERE m.case_id = NEW.case_id AND m.round = NEW.round
             AND m.member_id = NEW.member_id AND m.committed_at < NEW.submitted_at))
     AND NOT EXISTS (SELECT 1 FROM workflow_assistance a WHERE a.read_id = NEW.id) THEN
    RAISE EXCEPTION 'A read that was made with a model''s marks on the page says what became of them.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'shown_marks_are_accounted_for';
  END IF;
  RETURN NULL;
END $$;
"""
GRANTS = """
GRANT SELECT, INSERT ON workflow_commitment TO consilium_app;
GRANT SELECT ON workflow_commitment TO consilium_auditor;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0008_access'),
        ('workflow', '0014_models'),
    ]

    operations = [
        migrations.AddField(
            model_name='assistance',
            name='shift',
            field=models.CharField(blank=True, choices=[('unchanged', 'Unchanged'), ('towards', 'Towards'), ('away', 'Away'), ('neither', 'Neither')], db_default='', default='', max_length=10),
        ),
        migrations.CreateModel(
            name='Commitment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('round', models.PositiveSmallIntegerField()),
                ('slot', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('planned', 'Planned'), ('conditional', 'Conditional'), ('same_reader', 'Same Reader'), ('second_look', 'Second Look'), ('first_look', 'First Look')], max_length=12)),
                ('task_id', models.UUIDField()),
                ('started_at', models.DateTimeField()),
                ('committed_at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='workflow.case')),
                ('content', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.content')),
                ('display', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.content')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='workflow.membership')),
            ],
        ),
        migrations.AddField(
            model_name='assistance',
            name='commitment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assistances', to='workflow.commitment'),
        ),
        migrations.AddConstraint(
            model_name='assistance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('commitment__isnull', False), ('manner', 'after_commitment'), ('shift__in', ['unchanged', 'towards', 'away', 'neither'])), models.Q(('commitment__isnull', True), ('manner', 'as_start'), ('shift', '')), _connector='OR'), name='commitment_goes_with_its_manner'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.UniqueConstraint(fields=('case', 'round', 'member'), name='commitment_is_made_once'),
        ),
        migrations.RunSQL(RULES),
        migrations.RunSQL(GRANTS),
    ]
