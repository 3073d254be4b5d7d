"""Datasets: composed, locked once with their rows and manifest, never changed afterwards."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models

RULES = r"""
-- A dataset begins as a plan, is locked once, and may be withdrawn; nothing else of it changes.
CREATE FUNCTION provenance_dataset_guard() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  may_change text[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'composed' THEN
      RAISE EXCEPTION 'A dataset begins as a plan.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'datasets_begin_composed';
    END IF;
    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM provenance_dataset d WHERE d.id = NEW.supersedes_id AND d.project_id = NEW.project_id
        AND d.name = NEW.name AND d.version < NEW.version AND d.manifest_id IS NOT NULL) THEN
      RAISE EXCEPTION 'A dataset supersedes a locked one of its project and name.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'a_dataset_supersedes_a_locked_one';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    may_change := CASE
      WHEN OLD.state = 'composed' AND NEW.state = 'composed' THEN ARRAY['criteria', 'event_id']
      WHEN OLD.state = 'composed' AND NEW.state = 'locked'
        THEN ARRAY['state', 'manifest_id', 'cases', 'locked_at', 'locked_by_id', 'event_id']
      WHEN OLD.state <> 'withdrawn' AND NEW.state = 'withdrawn' THEN ARRAY['state', 'event_id']
    END;
    IF may_change IS NOT NULL AND to_jsonb(NEW) - may_change = to_jsonb(OLD) - may_change THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'A locked dataset never changes: make a new version of it.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'locked_datasets_never_change';
END $$;

-- Each change has its event in the same transaction, which says the same; a lock's lists are exactly its rows.
CREATE FUNCTION provenance_dataset_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
      SELECT 1 FROM audit_event e WHERE e.event_id = NEW.event_id AND e.xact = pg_current_xact_id()
        AND e.stream_id = NEW.project_id AND e.object_id = NEW.id::text AND e.action = 'dataset.' || NEW.state
        AND CASE NEW.state
          WHEN 'composed' THEN EXISTS (
            SELECT 1 FROM audit_content c WHERE c.digest = e.after_digest AND c.data -> 'criteria' = NEW.criteria
              AND (c.data ->> 'name', c.data ->> 'version') = (NEW.name, NEW.version::text))
          WHEN 'locked' THEN e.after_digest = NEW.manifest_id
            AND e.actor_id = (SELECT actor_id FROM workflow_membership WHERE id = NEW.locked_by_id)
          ELSE true END) THEN
    RAISE EXCEPTION 'A dataset changes only with its event in the same transaction, which says the same.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'dataset_change_has_its_event';
  END IF;
  IF NEW.state = 'locked' AND EXISTS (
      WITH told AS (
        SELECT (line ->> 'case')::uuid AS case_id, (line ->> 'label')::uuid AS label_id
        FROM audit_content m, jsonb_array_elements(m.data -> 'lists') AS list, audit_content part,
             jsonb_array_elements(part.data -> 'cases') AS line
        WHERE m.digest = NEW.manifest_id AND part.digest = list ->> 'digest'),
      held AS (SELECT case_id, label_id FROM provenance_datasetcase WHERE dataset_id = NEW.id)
      SELECT 1 FROM told FULL JOIN held USING (case_id, label_id)
      HAVING count(told.*) <> NEW.cases OR count(held.*) <> NEW.cases OR count(*) <> NEW.cases) THEN
    RAISE EXCEPTION 'The lists of a dataset''s manifest are exactly its rows.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_dataset_holds_what_its_manifest_lists';
  END IF;
  RETURN NULL;
END $$;

-- A row comes with the lock, and cites a label of its own case, which is one of the study.
CREATE FUNCTION provenance_datasetcase_fits() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
      SELECT 1 FROM provenance_dataset d JOIN workflow_case c ON c.project_id = d.project_id
        JOIN workflow_referencelabel l ON l.case_id = c.id
      WHERE d.id = NEW.dataset_id AND d.state = 'composed' AND c.id = NEW.case_id AND l.id = NEW.label_id
        AND c.purpose = 'study' AND c.state = 'final' AND l.round = c.round) THEN
    RAISE EXCEPTION 'A dataset takes in labels in force of final cases of its project, until it is locked.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_dataset_takes_in_labels_in_force';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION provenance_datasetcase_is_locked() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM provenance_dataset d JOIN audit_event e ON e.event_id = d.event_id
                 WHERE d.id = NEW.dataset_id AND d.manifest_id IS NOT NULL AND e.xact = pg_current_xact_id()) THEN
    RAISE EXCEPTION 'The cases of a dataset come in with its lock.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_datasets_cases_come_with_its_lock';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE ON provenance_dataset
  FOR EACH ROW EXECUTE FUNCTION provenance_dataset_guard();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON provenance_dataset EXECUTE FUNCTION workflow_refuse_change();
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT OR UPDATE ON provenance_dataset DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION provenance_dataset_against_event();
CREATE TRIGGER b_fits BEFORE INSERT ON provenance_datasetcase
  FOR EACH ROW EXECUTE FUNCTION provenance_datasetcase_fits();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON provenance_datasetcase
  FOR EACH ROW EXECUTE FUNCTION workflow_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON provenance_datasetcase EXECUTE FUNCTION workflow_refuse_change();
CREATE CONSTRAINT TRIGGER z_locked AFTER INSERT ON provenance_datasetcase DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION provenance_datasetcase_is_locked();
ALTER TABLE provenance_dataset ENABLE ALWAYS TRIGGER a_guard, ENABLE ALWAYS TRIGGER refuse_truncate,
  ENABLE ALWAYS TRIGGER z_event;
ALTER TABLE provenance_datasetcase ENABLE ALWAYS TRIGGER b_fits, ENABLE ALWAYS TRIGGER refuse_change,
  ENABLE ALWAYS TRIGGER refuse_truncate, ENABLE ALWAYS TRIGGER z_locked;

GRANT SELECT, INSERT, UPDATE ON provenance_dataset TO consilium_app;
GRANT SELECT, INSERT ON provenance_datasetcase TO consilium_app;
GRANT SELECT ON provenance_dataset, provenance_datasetcase TO consilium_auditor;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0008_access'),
        ('provenance', '0004_labels'),
        ('workflow', '0014_models'),
    ]

    operations = [
        migrations.CreateModel(
            name='Dataset',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('version', models.PositiveSmallIntegerField()),
                ('criteria', models.JSONField()),
                ('state', models.CharField(choices=[('composed', 'Composed'), ('locked', 'Locked'), ('withdrawn', 'Withdrawn')], default='composed', max_length=9)),
                ('composed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('cases', models.PositiveIntegerField(null=True)),
                ('locked_at', models.DateTimeField(null=True)),
                ('composed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.membership')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('locked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.membership')),
                ('manifest', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.content')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='datasets', to='workflow.project')),
                ('supersedes', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='later', to='provenance.dataset')),
            ],
        ),
        migrations.CreateModel(
            name='DatasetCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.case')),
                ('dataset', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='provenance.dataset')),
                ('label', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.referencelabel')),
            ],
        ),
        migrations.AddIndex(
            model_name='dataset',
            index=models.Index(fields=['project', '-composed_at'], name='dataset_by_project'),
        ),
        migrations.AddConstraint(
            model_name='dataset',
            constraint=models.UniqueConstraint(fields=('project', 'name', 'version'), name='dataset_versions_are_numbered'),
        ),
        migrations.AddConstraint(
            model_name='dataset',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('supersedes',), name='one_dataset_supersedes_another'),
        ),
        migrations.AddConstraint(
            model_name='dataset',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cases__isnull', True), ('locked_at__isnull', True), ('locked_by__isnull', True), ('manifest__isnull', True)), models.Q(('cases__isnull', False), ('locked_at__isnull', False), ('locked_by__isnull', False), ('manifest__isnull', False)), _connector='OR'), name='a_locked_dataset_has_its_manifest'),
        ),
        migrations.AddConstraint(
            model_name='dataset',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'withdrawn'), models.Q(('manifest__isnull', True), ('state', 'composed')), models.Q(('manifest__isnull', False), ('state', 'locked')), _connector='OR'), name='a_dataset_is_locked_by_its_manifest'),
        ),
        migrations.AddConstraint(
            model_name='datasetcase',
            constraint=models.UniqueConstraint(fields=('dataset', 'case'), name='a_case_is_once_in_a_dataset'),
        ),
        migrations.RunSQL(RULES),
    ]
