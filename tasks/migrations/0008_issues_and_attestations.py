"""What readers ask of managers about a case, and what display they say that they read on. Additive.

An issue is written once, and answered once, each with its event; so is an attestation. Functions of their own hold
that, beside those of the release before.
"""

import django.db.models.deletion
import uuid
from django.db import migrations, models


RULES = r"""
CREATE FUNCTION tasks_issue_guard() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  added CONSTANT text[] := ARRAY['answer', 'answered_by_id', 'answered_event_id'];
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - added = to_jsonb(OLD) - added AND OLD.answered_event_id IS NULL THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'What was asked of a case stays as it was, and so does its answer.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'issues_are_written_once';
END $$;
CREATE TRIGGER a_guard BEFORE UPDATE OR DELETE ON tasks_issue FOR EACH ROW EXECUTE FUNCTION tasks_issue_guard();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON tasks_issue EXECUTE FUNCTION workflow_refuse_change();

CREATE FUNCTION tasks_issue_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (TG_OP = 'INSERT' AND (NEW.answer <> '' OR NOT EXISTS (
        SELECT 1 FROM audit_event e JOIN workflow_membership m ON m.actor_id = e.actor_id
          JOIN tasks_task t ON t.case_id = e.stream_id
        WHERE e.event_id = NEW.event_id AND e.xact = pg_current_xact_id() AND e.action = 'issue.raised'
          AND e.object_id = NEW.id::text AND e.stream_id = NEW.case_id AND m.id = NEW.reporter_id AND t.id = NEW.task_id)))
     OR (TG_OP = 'UPDATE' AND NOT EXISTS (
        SELECT 1 FROM audit_event e JOIN workflow_membership m ON m.actor_id = e.actor_id
        WHERE e.event_id = NEW.answered_event_id AND e.xact = pg_current_xact_id() AND e.action = 'issue.answered'
          AND e.object_id = NEW.id::text AND e.stream_id = NEW.case_id AND m.id = NEW.answered_by_id)) THEN
    RAISE EXCEPTION 'An issue and its answer need each their event in the same transaction.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'issue_has_its_event';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT OR UPDATE ON tasks_issue DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION tasks_issue_against_event();
ALTER TABLE tasks_issue ENABLE ALWAYS TRIGGER a_guard, ENABLE ALWAYS TRIGGER refuse_truncate,
  ENABLE ALWAYS TRIGGER z_event;

CREATE FUNCTION tasks_attestation_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
      SELECT 1 FROM audit_event e JOIN workflow_membership m ON m.actor_id = e.actor_id
      WHERE e.event_id = NEW.event_id AND e.xact = pg_current_xact_id() AND e.action = 'display.attested'
        AND e.object_id = NEW.id::text AND e.after_digest = NEW.content_id AND m.id = NEW.member_id
        AND e.stream_id = m.project_id) THEN
    RAISE EXCEPTION 'What somebody says of their display needs its event in the same transaction.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'attestation_has_its_event';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON tasks_attestation
  FOR EACH ROW EXECUTE FUNCTION workflow_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON tasks_attestation EXECUTE FUNCTION workflow_refuse_change();
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT ON tasks_attestation DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION tasks_attestation_against_event();
ALTER TABLE tasks_attestation ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate,
  ENABLE ALWAYS TRIGGER z_event;
"""
GRANTS = """
GRANT SELECT, INSERT ON tasks_issue, tasks_attestation TO consilium_app;
GRANT UPDATE (answer, answered_by_id, answered_event_id) ON tasks_issue TO consilium_app;
GRANT SELECT (id, case_id, task_id, reporter_id, kind, text, viewer, picture_digest, raised_at, event_id, answer,
  answered_by_id, answered_event_id) ON tasks_issue TO consilium_auditor;
GRANT SELECT ON tasks_attestation TO consilium_auditor;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0008_access'),
        ('tasks', '0007_frame_seen'),
        ('workflow', '0013_images'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attestation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('content', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.content')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attestations', to='workflow.membership')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('member', 'day'), name='one_attestation_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Issue',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('image', 'The images'), ('guideline', 'The guideline isn’t clear'), ('technical', 'Something doesn’t work'), ('other', 'Something else')], max_length=9)),
                ('text', models.CharField(max_length=71)),
                ('viewer', models.JSONField(default=dict)),
                ('picture', models.BinaryField(null=True)),
                ('picture_digest', models.CharField(blank=True, max_length=71)),
                ('raised_at', models.DateTimeField()),
                ('answer', models.CharField(blank=True, max_length=71)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.membership')),
                ('answered_event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='workflow.case')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('reporter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='workflow.membership')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.task')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('answer', '')), fields=['case'], name='issue_open'), models.Index(fields=['reporter', 'raised_at'], name='issue_of_reporter')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_by__isnull', True), ('answered_event__isnull', True)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_by__isnull', False), ('answered_event__isnull', False)), _connector='OR'), name='issue_is_answered_by_somebody'), models.CheckConstraint(condition=models.Q(('kind__in', ['image', 'guideline', 'technical', 'other'])), name='issue_kind_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('picture__isnull', True), ('picture_digest', '')), models.Q(models.Q(('picture_digest', ''), _negated=True), ('picture__isnull', False)), _connector='OR'), name='picture_has_its_digest')],
            },
        ),
        migrations.RunSQL(RULES),
        migrations.RunSQL(GRANTS),
    ]
