"""Probes: known answers, who was shown what, when a read is scored, and how it was."""

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
  END
$$;

DO $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT * FROM (VALUES
      ('workflow_probe', '', 'case_id'), ('workflow_probescore', 'content_id', 'case_id')
    ) AS v(name, content, object) LOOP
    EXECUTE format('CREATE CONSTRAINT TRIGGER z_event AFTER INSERT ON %I DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION workflow_row_against_event(%L, %L, %L)', t.name, t.content, t.object, '');
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER z_event', t.name);
  END LOOP;
  FOR t IN SELECT unnest(ARRAY['workflow_probe', 'workflow_probedue', 'workflow_probescore']) AS name LOOP
    EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %I
                    FOR EACH ROW EXECUTE FUNCTION workflow_refuse_change()', t.name);
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I EXECUTE FUNCTION workflow_refuse_change()', t.name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate', t.name);
  END LOOP;
END $$;

-- What is known of a case is retired, never changed.
CREATE FUNCTION workflow_gold_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.retired_event_id IS NULL AND NEW.retired_event_id IS NOT NULL
     AND to_jsonb(NEW) - 'retired_event_id' = to_jsonb(OLD) - 'retired_event_id' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'What is known of a case is retired, never changed.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'gold_is_only_retired';
END $$;
CREATE FUNCTION workflow_gold_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.event_id = coalesce(NEW.retired_event_id, NEW.event_id)
                 AND e.xact = pg_current_xact_id() AND e.stream_id = NEW.project_id AND e.object_id = NEW.id::text
                 AND e.action = 'project.settings_changed'
                 AND (NEW.retired_event_id IS NOT NULL OR e.after_digest = NEW.content_id)) THEN
    RAISE EXCEPTION 'What is known of a case changes only with its event in the same transaction.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'gold_change_has_its_event';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER a_guard BEFORE UPDATE OR DELETE ON workflow_golditem FOR EACH ROW EXECUTE FUNCTION workflow_gold_guard();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workflow_golditem EXECUTE FUNCTION workflow_refuse_change();
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT OR UPDATE ON workflow_golditem DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_gold_against_event();
ALTER TABLE workflow_golditem ENABLE ALWAYS TRIGGER a_guard, ENABLE ALWAYS TRIGGER refuse_truncate,
  ENABLE ALWAYS TRIGGER z_event;

-- A showing is of the probe's own case, by whoever it is shown to, and never gets a label.
CREATE FUNCTION workflow_probe_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  shown record;
BEGIN
  SELECT c.project_id, c.purpose, c.source_case_id INTO shown FROM workflow_case c WHERE c.id = NEW.case_id;
  IF TG_TABLE_NAME = 'workflow_referencelabel' THEN
    IF shown.purpose IN ('study', 'pilot') THEN
      RETURN NEW;
    END IF;
  ELSIF TG_TABLE_NAME = 'workflow_probe' THEN
    IF shown.source_case_id IS NOT NULL
       AND EXISTS (SELECT 1 FROM workflow_membership m WHERE m.id = NEW.member_id AND m.project_id = shown.project_id)
       AND (NEW.item_id IS NULL OR EXISTS (
             SELECT 1 FROM workflow_golditem g WHERE g.id = NEW.item_id AND g.source_case_id = shown.source_case_id
               AND g.use = shown.purpose))
       AND (NEW.earlier_id IS NULL OR shown.purpose = 'repeat' AND EXISTS (
             SELECT 1 FROM workflow_read r WHERE r.id = NEW.earlier_id AND r.case_id = shown.source_case_id
               AND r.member_id = NEW.member_id)) THEN
      RETURN NEW;
    END IF;
  ELSIF EXISTS (SELECT 1 FROM workflow_probe p JOIN workflow_read r ON r.case_id = p.case_id
                WHERE p.case_id = NEW.case_id AND p.member_id = NEW.member_id AND r.id = NEW.read_id
                  AND r.member_id = NEW.member_id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A probe shows one case to one person, is scored by their read, and gets no label.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'probes_stay_apart';
END $$;
CREATE TRIGGER b_probe BEFORE INSERT ON workflow_probe FOR EACH ROW EXECUTE FUNCTION workflow_probe_fits();
CREATE TRIGGER b_probe BEFORE INSERT ON workflow_probescore FOR EACH ROW EXECUTE FUNCTION workflow_probe_fits();
CREATE TRIGGER b_probe BEFORE INSERT ON workflow_referencelabel FOR EACH ROW EXECUTE FUNCTION workflow_probe_fits();
ALTER TABLE workflow_probe ENABLE ALWAYS TRIGGER b_probe;
ALTER TABLE workflow_probescore ENABLE ALWAYS TRIGGER b_probe;
ALTER TABLE workflow_referencelabel ENABLE ALWAYS TRIGGER b_probe;
"""
GRANTS = """
GRANT SELECT, INSERT, UPDATE ON workflow_golditem TO consilium_app;
GRANT SELECT, INSERT ON workflow_probe, workflow_probedue, workflow_probescore TO consilium_app;
GRANT SELECT ON workflow_golditem, workflow_probe, workflow_probescore TO consilium_auditor;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0006_epochs'),
        ('workflow', '0011_moves_read_once'),
    ]

    operations = [
        migrations.CreateModel(
            name='GoldItem',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('use', models.CharField(choices=[('gold', 'Gold'), ('calibration', 'Calibration')], default='gold', max_length=11)),
                ('position', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('content', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.content')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gold_items', to='workflow.project')),
                ('retired_event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('source_case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gold_items', to='workflow.case')),
            ],
        ),
        migrations.CreateModel(
            name='Probe',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='probe', serialize=False, to='workflow.case')),
                ('turn', models.PositiveIntegerField(null=True)),
                ('draw', models.JSONField(null=True)),
                ('earlier', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.read')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='showings', to='workflow.golditem')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='probes', to='workflow.membership')),
            ],
        ),
        migrations.CreateModel(
            name='ProbeDue',
            fields=[
                ('read', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='workflow.read')),
                ('due_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['due_at'], name='probe_due')],
            },
        ),
        migrations.CreateModel(
            name='ProbeScore',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='probe_score', serialize=False, to='workflow.case')),
                ('passed', models.BooleanField()),
                ('low', models.BooleanField(default=False)),
                ('scored_at', models.DateTimeField()),
                ('content', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.content')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='probe_scores', to='workflow.membership')),
                ('read', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.read')),
            ],
        ),
        migrations.AddConstraint(
            model_name='golditem',
            constraint=models.UniqueConstraint(condition=models.Q(('retired_event__isnull', True)), fields=('source_case', 'use'), name='a_case_is_gold_once'),
        ),
        migrations.AddConstraint(
            model_name='probe',
            constraint=models.CheckConstraint(condition=models.Q(('item__isnull', True), ('earlier__isnull', True), _connector='XOR'), name='a_probe_knows_its_answer'),
        ),
        migrations.AddConstraint(
            model_name='probe',
            constraint=models.UniqueConstraint(condition=models.Q(('turn__isnull', False)), fields=('member', 'turn'), name='one_probe_per_turn'),
        ),
        migrations.AddIndex(
            model_name='probescore',
            index=models.Index(fields=['member', 'scored_at'], name='score_of_member'),
        ),
        migrations.RunSQL(RULES),
        migrations.RunSQL(GRANTS),
    ]
