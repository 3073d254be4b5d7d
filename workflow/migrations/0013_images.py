"""Images: imports, studies, series and instances; the gate that a case waits at; the vault, which lies apart."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


RULES = r"""
-- What an import brought is written once; it goes only with its batch, which nobody claimed anything of.
CREATE FUNCTION workflow_image_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM workflow_importbatch b WHERE b.id = OLD.batch_id AND b.state = 'withdrawn') THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'What an import brought is never changed; it is withdrawn with its whole batch.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'images_are_written_once';
END $$;
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['workflow_study', 'workflow_series', 'workflow_instance', 'workflow_caseimage'] LOOP
    EXECUTE format('CREATE TRIGGER a_guard BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION workflow_image_guard()', t);
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I EXECUTE FUNCTION workflow_refuse_change()', t);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER a_guard, ENABLE ALWAYS TRIGGER refuse_truncate', t);
  END LOOP;
END $$;

-- A batch goes from receiving to waiting to done; until somebody claimed a case of it, it can be withdrawn, for ever.
CREATE FUNCTION workflow_import_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.id, NEW.project_id, NEW.requested_by_id, NEW.created_at, NEW.unit, NEW.split, NEW.options)
       IS DISTINCT FROM (OLD.id, OLD.project_id, OLD.requested_by_id, OLD.created_at, OLD.unit, OLD.split, OLD.options)
     OR NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (('receiving', 'waiting'), ('waiting', 'done'),
          ('receiving', 'withdrawn'), ('waiting', 'withdrawn'), ('done', 'withdrawn')) THEN
    RAISE EXCEPTION 'An import goes on from receiving to done, or is withdrawn for ever.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'imports_go_forward';
  END IF;
  IF NEW.state = 'withdrawn' AND OLD.state <> 'withdrawn' AND EXISTS (
      SELECT 1 FROM workflow_caseimage i JOIN workflow_part p ON p.case_id = i.case_id WHERE i.batch_id = NEW.id) THEN
    RAISE EXCEPTION 'Somebody claimed a case of this import, so it stays.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'claimed_imports_stay';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER a_guard BEFORE UPDATE OR DELETE ON workflow_importbatch FOR EACH ROW EXECUTE FUNCTION workflow_import_guard();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workflow_importbatch EXECUTE FUNCTION workflow_refuse_change();
ALTER TABLE workflow_importbatch ENABLE ALWAYS TRIGGER a_guard, ENABLE ALWAYS TRIGGER refuse_truncate;

-- A case with something to decide stays in intake; what was found is decided once, by an event of this transaction.
CREATE FUNCTION workflow_gate_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.decided_event_id IS NULL
     AND EXISTS (SELECT 1 FROM workflow_case c WHERE c.id = NEW.case_id AND c.state = 'intake') THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.decided_event_id IS NULL AND NEW.decided_event_id IS NOT NULL
     AND to_jsonb(NEW) - 'decided_event_id' = to_jsonb(OLD) - 'decided_event_id' THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.series_id IS NULL
     AND to_jsonb(NEW) - 'series_id' = to_jsonb(OLD) - 'series_id' AND EXISTS (
       SELECT 1 FROM workflow_importbatch b WHERE b.id = OLD.batch_id AND b.state = 'withdrawn') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'What the gate found stands until a manager decides.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'gate_findings_are_decided_once';
END $$;
CREATE FUNCTION workflow_gate_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  told uuid := coalesce(NEW.decided_event_id, NEW.found_event_id);
  as_what text := CASE WHEN NEW.decided_event_id IS NULL THEN 'case.study_attached' ELSE 'deviation.recorded' END;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.decided_event_id IS NOT DISTINCT FROM OLD.decided_event_id THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.event_id = told AND e.stream_id = NEW.case_id
                 AND e.action = as_what AND e.xact = pg_current_xact_id()) THEN
    RAISE EXCEPTION 'What the gate found, and what is decided on it, has its event in the same transaction.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_has_its_event';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE ON workflow_gatefinding FOR EACH ROW
  EXECUTE FUNCTION workflow_gate_guard();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workflow_gatefinding EXECUTE FUNCTION workflow_refuse_change();
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT OR UPDATE ON workflow_gatefinding DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_gate_against_event();
ALTER TABLE workflow_gatefinding ENABLE ALWAYS TRIGGER a_guard, ENABLE ALWAYS TRIGGER refuse_truncate,
  ENABLE ALWAYS TRIGGER z_event;

CREATE FUNCTION workflow_case_passes_gate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM workflow_gatefinding f WHERE f.case_id = NEW.id AND f.decided_event_id IS NULL) THEN
    RAISE EXCEPTION 'The case waits at the quality gate for its manager.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'case_waits_at_the_gate';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_gate BEFORE UPDATE ON workflow_case FOR EACH ROW
  WHEN (OLD.state = 'intake' AND NEW.state = 'annotation') EXECUTE FUNCTION workflow_case_passes_gate();
ALTER TABLE workflow_case ENABLE ALWAYS TRIGGER b_gate;

-- All of a patient is in one split, whatever key a manifest gives them.
CREATE FUNCTION workflow_patient_in_one_split() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (
      SELECT 1 FROM workflow_case mine, workflow_series s JOIN workflow_study t ON t.id = s.study_id
        JOIN workflow_study o ON (o.project_id, o.patient) = (t.project_id, t.patient)
        JOIN workflow_series os ON os.study_id = o.id JOIN workflow_caseimage i ON i.series_id = os.id
        JOIN workflow_case c ON c.id = i.case_id
      WHERE mine.id = NEW.case_id AND s.id = NEW.series_id AND c.split <> mine.split AND c.state <> 'excluded') THEN
    RAISE EXCEPTION 'This patient''s images are in another split.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'patient_is_in_one_split';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_split BEFORE INSERT ON workflow_caseimage FOR EACH ROW EXECUTE FUNCTION workflow_patient_in_one_split();
ALTER TABLE workflow_caseimage ENABLE ALWAYS TRIGGER b_split;

CREATE FUNCTION workflow_image_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.event_id = NEW.event_id AND e.xact = pg_current_xact_id()
                 AND e.stream_id = NEW.case_id AND e.action = 'case.study_attached') THEN
    RAISE EXCEPTION 'Images are attached to a case only with its event in the same transaction.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_has_its_event';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT ON workflow_caseimage DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_image_against_event();
ALTER TABLE workflow_caseimage ENABLE ALWAYS TRIGGER z_event;
"""
VAULT = """
-- Who a pseudonym is, and truth from outside: apart from the main tables, and sealed by a key that no database holds.
CREATE SCHEMA vault;
CREATE TABLE vault.identity (
  project_id uuid NOT NULL, kind text NOT NULL, pseudonym text NOT NULL, sealed bytea NOT NULL,
  PRIMARY KEY (project_id, kind, pseudonym));
CREATE TABLE vault.truth (case_id uuid PRIMARY KEY, project_id uuid NOT NULL, sealed bytea NOT NULL);
CREATE TRIGGER refuse_change BEFORE UPDATE ON vault.truth FOR EACH ROW EXECUTE FUNCTION workflow_refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE ON vault.identity FOR EACH ROW EXECUTE FUNCTION workflow_refuse_change();
ALTER TABLE vault.truth ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE vault.identity ENABLE ALWAYS TRIGGER refuse_change;
GRANT USAGE ON SCHEMA vault TO consilium_app;
GRANT SELECT, INSERT, DELETE ON vault.identity, vault.truth TO consilium_app;
"""
GRANTS = """
GRANT SELECT, INSERT, UPDATE ON workflow_importbatch, workflow_importrow, workflow_gatefinding TO consilium_app;
GRANT SELECT, INSERT, UPDATE ON workflow_importfile TO consilium_app;
GRANT SELECT, INSERT, DELETE ON workflow_study, workflow_series, workflow_instance, workflow_caseimage TO consilium_app;
GRANT SELECT ON workflow_importbatch, workflow_importfile, workflow_study, workflow_series, workflow_instance,
  workflow_caseimage, workflow_gatefinding TO consilium_auditor;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0007_events_together'),
        ('workflow', '0012_probes'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('unit', models.CharField(choices=[('study', 'Study'), ('series', 'Series'), ('list', 'List')], default='study', max_length=6)),
                ('split', models.CharField(blank=True, max_length=5)),
                ('has_manifest', models.BooleanField(default=False)),
                ('options', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('receiving', 'Receiving'), ('waiting', 'Waiting'), ('done', 'Done'), ('withdrawn', 'Withdrawn')], default='receiving', max_length=9)),
                ('finished_at', models.DateTimeField(null=True)),
                ('event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='workflow.project')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.membership')),
            ],
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('external_ref', models.CharField(max_length=200)),
                ('patient_key', models.CharField(blank=True, max_length=200)),
                ('split', models.CharField(blank=True, max_length=5)),
                ('priority', models.SmallIntegerField(default=0)),
                ('wave', models.CharField(blank=True, max_length=60)),
                ('needs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), default=list, size=None)),
                ('strata', models.JSONField(default=dict)),
                ('shown', models.JSONField(default=dict)),
                ('images', models.JSONField(default=list)),
                ('gold', models.JSONField(null=True)),
                ('truth', models.BinaryField(null=True)),
                ('result', models.CharField(choices=[('waiting', 'Waiting'), ('registered', 'Registered'), ('exists', 'Exists'), ('refused', 'Refused')], default='waiting', max_length=10)),
                ('faults', models.JSONField(default=list)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='workflow.importbatch')),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case')),
            ],
        ),
        migrations.CreateModel(
            name='Instance',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('uid', models.CharField(max_length=64)),
                ('original_digest', models.CharField(max_length=71)),
                ('digest', models.CharField(max_length=71)),
                ('size', models.BigIntegerField()),
                ('frames', models.JSONField(default=list)),
                ('facts', models.JSONField(default=dict)),
                ('measures', models.JSONField(default=dict)),
                ('likeness', models.BigIntegerField(null=True)),
                ('burned_in', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instances', to='workflow.importbatch')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instances', to='workflow.project')),
            ],
        ),
        migrations.CreateModel(
            name='ImportFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('member', models.PositiveIntegerField(default=0)),
                ('size', models.BigIntegerField()),
                ('received', models.BigIntegerField(default=0)),
                ('state', models.CharField(choices=[('receiving', 'Receiving'), ('received', 'Received'), ('opened', 'Opened'), ('accepted', 'Accepted'), ('duplicate', 'Duplicate'), ('refused', 'Refused')], default='receiving', max_length=9)),
                ('code', models.CharField(blank=True, max_length=40)),
                ('sentence', models.CharField(blank=True, max_length=300)),
                ('series_uid', models.CharField(blank=True, max_length=64)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='workflow.importbatch')),
                ('instance', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='workflow.instance')),
            ],
        ),
        migrations.CreateModel(
            name='Series',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('uid', models.CharField(max_length=64)),
                ('modality', models.CharField(blank=True, max_length=16)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='series', to='workflow.importbatch')),
            ],
            options={
                'verbose_name_plural': 'series',
            },
        ),
        migrations.AddField(
            model_name='instance',
            name='series',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instances', to='workflow.series'),
        ),
        migrations.CreateModel(
            name='GateFinding',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=40)),
                ('sentence', models.CharField(max_length=300)),
                ('measured', models.JSONField(default=dict)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gate_findings', to='workflow.case')),
                ('decided_event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('found_event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.importbatch')),
                ('series', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='workflow.series')),
            ],
        ),
        migrations.CreateModel(
            name='CaseImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('current', 'Current'), ('prior', 'Prior')], default='current', max_length=7)),
                ('position', models.PositiveIntegerField()),
                ('likeness', models.BigIntegerField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='images', to='workflow.case')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.importbatch')),
                ('series', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='workflow.series')),
            ],
        ),
        migrations.CreateModel(
            name='Study',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('uid', models.CharField(max_length=64)),
                ('patient', models.CharField(max_length=64)),
                ('synthetic', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='studies', to='workflow.importbatch')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='studies', to='workflow.project')),
            ],
        ),
        migrations.AddField(
            model_name='series',
            name='study',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='series', to='workflow.study'),
        ),
        migrations.AddIndex(
            model_name='importbatch',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['created_at'], name='import_waiting'),
        ),
        migrations.AddIndex(
            model_name='importbatch',
            index=models.Index(fields=['project', 'created_at'], name='import_by_time'),
        ),
        migrations.AddConstraint(
            model_name='importbatch',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['receiving', 'waiting', 'done', 'withdrawn'])), name='import_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='importbatch',
            constraint=models.CheckConstraint(condition=models.Q(('split__in', ['', 'train', 'tune', 'test'])), name='import_split_is_known'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('batch', 'number'), name='import_rows_are_numbered'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('batch', 'external_ref'), name='import_names_a_case_once'),
        ),
        migrations.AddIndex(
            model_name='importfile',
            index=models.Index(fields=['batch', 'state'], name='import_file_by_state'),
        ),
        migrations.AddConstraint(
            model_name='importfile',
            constraint=models.UniqueConstraint(fields=('batch', 'number', 'member'), name='import_files_are_numbered'),
        ),
        migrations.AddConstraint(
            model_name='importfile',
            constraint=models.CheckConstraint(condition=models.Q(('received__gte', 0), ('received__lte', models.F('size'))), name='no_more_is_received_than_announced'),
        ),
        migrations.AddIndex(
            model_name='instance',
            index=models.Index(fields=['series'], name='instance_of_series'),
        ),
        migrations.AddConstraint(
            model_name='instance',
            constraint=models.UniqueConstraint(fields=('project', 'uid'), name='instance_is_there_once'),
        ),
        migrations.AddIndex(
            model_name='gatefinding',
            index=models.Index(condition=models.Q(('decided_event__isnull', True)), fields=['case'], name='gate_finding_open'),
        ),
        migrations.AddConstraint(
            model_name='caseimage',
            constraint=models.UniqueConstraint(fields=('case', 'series'), name='a_series_is_in_a_case_once'),
        ),
        migrations.AddIndex(
            model_name='study',
            index=models.Index(fields=['project', 'patient'], name='study_by_patient'),
        ),
        migrations.AddConstraint(
            model_name='study',
            constraint=models.UniqueConstraint(fields=('project', 'uid'), name='study_is_there_once'),
        ),
        migrations.AddConstraint(
            model_name='series',
            constraint=models.UniqueConstraint(fields=('study', 'uid'), name='series_is_there_once'),
        ),
        migrations.RunSQL(RULES),
        migrations.RunSQL(VAULT),
        migrations.RunSQL(GRANTS),
    ]
