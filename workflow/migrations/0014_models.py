"""Models that read: registered, what they say of cases, and what people made of what they were shown."""

import django.db.models.deletion
import django.utils.timezone
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
  END
$$;

-- A model is retired, never changed, and its row says what its event says.
CREATE FUNCTION workflow_model_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.retired_event_id IS NULL AND NEW.retired_event_id IS NOT NULL
     AND to_jsonb(NEW) - 'retired_event_id' = to_jsonb(OLD) - 'retired_event_id' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A model is retired, never changed: register another version.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'models_are_only_retired';
END $$;
CREATE FUNCTION workflow_model_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.event_id = coalesce(NEW.retired_event_id, NEW.event_id)
                 AND e.xact = pg_current_xact_id() AND e.stream_id = NEW.project_id AND e.object_id = NEW.id::text
                 AND e.action = 'project.settings_changed'
                 AND (NEW.retired_event_id IS NOT NULL OR e.after_digest = NEW.content_id))
     OR NOT EXISTS (SELECT 1 FROM audit_content c WHERE c.digest = NEW.content_id AND (c.data ->> 'name',
                      c.data ->> 'version', c.data ->> 'digest', c.data ->> 'intended_use')
                    = (NEW.name, NEW.version, NEW.digest, NEW.intended_use)) THEN
    RAISE EXCEPTION 'A model changes only with its event in the same transaction, which says the same.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'model_change_has_its_event';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER a_guard BEFORE UPDATE OR DELETE ON workflow_readermodel
  FOR EACH ROW EXECUTE FUNCTION workflow_model_guard();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workflow_readermodel EXECUTE FUNCTION workflow_refuse_change();
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT OR UPDATE ON workflow_readermodel DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_model_against_event();

-- A prediction is of a case of its model's project, never of a showing, and not by a model that is retired.
CREATE FUNCTION workflow_prediction_fits() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM workflow_readermodel m JOIN workflow_case c ON c.project_id = m.project_id
                 WHERE m.id = NEW.model_id AND m.retired_event_id IS NULL AND c.id = NEW.case_id
                   AND c.source_case_id IS NULL) THEN
    RAISE EXCEPTION 'A prediction is of a case of the project, by a model that is in use there.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'prediction_fits_its_case';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_fits BEFORE INSERT ON workflow_prediction FOR EACH ROW EXECUTE FUNCTION workflow_prediction_fits();
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT ON workflow_prediction DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_row_against_event('content_id', 'id', 'attached_by_id');

-- What was shown is of the read's own case (a showing's is its source's), and never a start in the test split.
CREATE FUNCTION workflow_assistance_fits() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  shown record;
BEGIN
  SELECT c.split, coalesce(c.source_case_id, c.id) AS case_id INTO shown
    FROM workflow_read r JOIN workflow_case c ON c.id = r.case_id WHERE r.id = NEW.read_id;
  IF NEW.manner = 'as_start' AND shown.split = 'test' THEN
    RAISE EXCEPTION 'In the test split nobody starts from what a model says.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'no_start_from_a_model_in_the_test_split';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM workflow_prediction p WHERE p.id = NEW.prediction_id AND p.case_id = shown.case_id) THEN
    RAISE EXCEPTION 'What a reader was shown is of the case that they read.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'assistance_fits_its_read';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_fits BEFORE INSERT ON workflow_assistance FOR EACH ROW EXECUTE FUNCTION workflow_assistance_fits();

-- It carries the event of its read, which cites both contents; the display names the marks; the figures are the content's.
CREATE FUNCTION workflow_assistance_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
      SELECT 1 FROM workflow_read r JOIN workflow_prediction p ON p.id = NEW.prediction_id
        JOIN audit_event e ON e.event_id = r.event_id AND e.xact = pg_current_xact_id()
        JOIN audit_content d ON d.digest = r.display_id JOIN audit_content c ON c.digest = NEW.content_id
      WHERE r.id = NEW.read_id AND r.event_id = NEW.event_id
        AND audit_json_of('application/json', e.body) -> 'inputs' @> jsonb_build_array(
              jsonb_build_object('role', 'assistance', 'digest', NEW.content_id),
              jsonb_build_object('role', 'prelabel', 'digest', p.content_id))
        AND d.data -> 'items' @> jsonb_build_array(jsonb_build_object('kind', 'model_output', 'digest', p.content_id))
        AND c.data -> 'counts' = jsonb_build_object(
              'kept', NEW.kept, 'changed', NEW.changed, 'dropped', NEW.dropped, 'added', NEW.added)) THEN
    RAISE EXCEPTION 'What became of a model''s marks is written with the event of its read, which says the same.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'assistance_has_its_event';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT ON workflow_assistance DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_assistance_against_event();

-- No read with a model's marks on the page without the row that says what became of them.
CREATE FUNCTION workflow_read_with_a_model() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM audit_content d WHERE d.digest = NEW.display_id
             AND d.data -> 'items' @> '[{"kind": "model_output"}]')
     AND NOT EXISTS (SELECT 1 FROM workflow_assistance a WHERE a.read_id = NEW.id) THEN
    RAISE EXCEPTION 'A read that was made with a model''s marks on the page says what became of them.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'shown_marks_are_accounted_for';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER z_model AFTER INSERT ON workflow_read DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_read_with_a_model();

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['workflow_prediction', 'workflow_assistance'] LOOP
    EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %I
                    FOR EACH ROW EXECUTE FUNCTION workflow_refuse_change()', t);
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I EXECUTE FUNCTION workflow_refuse_change()', t);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate,
                    ENABLE ALWAYS TRIGGER b_fits, ENABLE ALWAYS TRIGGER z_event', t);
  END LOOP;
END $$;
ALTER TABLE workflow_readermodel ENABLE ALWAYS TRIGGER a_guard, ENABLE ALWAYS TRIGGER refuse_truncate,
  ENABLE ALWAYS TRIGGER z_event;
ALTER TABLE workflow_read ENABLE ALWAYS TRIGGER z_model;
"""
GRANTS = """
GRANT SELECT, INSERT, UPDATE ON workflow_readermodel TO consilium_app;
GRANT SELECT, INSERT ON workflow_prediction, workflow_assistance TO consilium_app;
GRANT SELECT ON workflow_readermodel, workflow_prediction, workflow_assistance TO consilium_auditor;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0008_access'),
        ('workflow', '0013_images'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReaderModel',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('version', models.CharField(max_length=60)),
                ('digest', models.CharField(max_length=71)),
                ('intended_use', models.TextField(max_length=2000)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('content', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.content')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reader_models', to='workflow.project')),
                ('retired_event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
            ],
        ),
        migrations.CreateModel(
            name='Prediction',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField()),
                ('attached_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.membership')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='predictions', to='workflow.case')),
                ('content', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.content')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='predictions', to='workflow.readermodel')),
            ],
        ),
        migrations.CreateModel(
            name='Assistance',
            fields=[
                ('read', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='assistance', serialize=False, to='workflow.read')),
                ('manner', models.CharField(choices=[('as_start', 'As Start'), ('after_commitment', 'After Commitment')], max_length=16)),
                ('kept', models.PositiveIntegerField()),
                ('changed', models.PositiveIntegerField()),
                ('dropped', models.PositiveIntegerField()),
                ('added', models.PositiveIntegerField()),
                ('content', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.content')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('prediction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assistances', to='workflow.prediction')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('manner__in', ['as_start', 'after_commitment'])), name='manner_of_assistance_is_known')],
            },
        ),
        migrations.AddConstraint(
            model_name='readermodel',
            constraint=models.UniqueConstraint(fields=('project', 'name', 'version'), name='model_version_is_registered_once'),
        ),
        migrations.AddConstraint(
            model_name='readermodel',
            constraint=models.UniqueConstraint(fields=('project', 'digest'), name='model_file_is_registered_once'),
        ),
        migrations.AddConstraint(
            model_name='readermodel',
            constraint=models.CheckConstraint(condition=models.Q(('digest__regex', '^sha256:[0-9a-f]{64}$')), name='model_digest_is_a_sha256'),
        ),
        migrations.AddConstraint(
            model_name='prediction',
            constraint=models.UniqueConstraint(fields=('model', 'case'), name='one_prediction_per_model_and_case'),
        ),
        migrations.RunSQL(RULES),
        migrations.RunSQL(GRANTS),
    ]
