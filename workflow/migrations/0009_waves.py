"""Waves, and what a case is for: the study, its pilot, a control, or one person's showing of another case."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models

RULES = r"""
-- What a case is for never changes; a case of a wave is for what its wave is for; a control stays in intake.
CREATE FUNCTION workflow_case_purpose() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.purpose, NEW.wave_id, NEW.source_case_id)
       IS DISTINCT FROM (OLD.purpose, OLD.wave_id, OLD.source_case_id) THEN
    RAISE EXCEPTION 'What a case is for is fixed at intake.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'case_identity_is_fixed';
  END IF;
  IF NEW.wave_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM workflow_wave w WHERE w.id = NEW.wave_id AND w.project_id = NEW.project_id
        AND w.pilot = (NEW.purpose = 'pilot')) THEN
    RAISE EXCEPTION 'A case of a wave is of its project, and for what the wave is for.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'case_fits_its_wave';
  END IF;
  IF NEW.source_case_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM workflow_case s WHERE s.id = NEW.source_case_id AND s.project_id = NEW.project_id
        AND s.source_case_id IS NULL AND (s.patient_key, s.split) = (NEW.patient_key, NEW.split)) THEN
    RAISE EXCEPTION 'A probe shows a case of its project, with its patient and split.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'probe_fits_its_source';
  END IF;
  IF NEW.state NOT IN ('intake', 'excluded') AND (NEW.purpose = 'reference'
       OR NEW.state <> 'annotation' AND NEW.source_case_id IS NOT NULL) THEN
    RAISE EXCEPTION 'A control stays in intake, and a probe is read by one person alone.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'controls_and_probes_stay_apart';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_for BEFORE INSERT ON workflow_case FOR EACH ROW
  WHEN (NEW.purpose <> 'study' OR NEW.wave_id IS NOT NULL) EXECUTE FUNCTION workflow_case_purpose();
CREATE TRIGGER b_stays BEFORE UPDATE ON workflow_case FOR EACH ROW
  WHEN ((NEW.purpose, NEW.wave_id, NEW.source_case_id)
          IS DISTINCT FROM (OLD.purpose, OLD.wave_id, OLD.source_case_id)
        OR NEW.state <> OLD.state AND NEW.purpose NOT IN ('study', 'pilot'))
  EXECUTE FUNCTION workflow_case_purpose();
ALTER TABLE workflow_case ENABLE ALWAYS TRIGGER b_for, ENABLE ALWAYS TRIGGER b_stays;

-- Once a case of a wave began, the wave is only opened and closed.
CREATE FUNCTION workflow_wave_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.id, NEW.project_id, NEW.created_at) = (OLD.id, OLD.project_id, OLD.created_at)
     AND ((NEW.name, NEW.pilot, NEW.strata) = (OLD.name, OLD.pilot, OLD.strata)
       OR NOT EXISTS (SELECT 1 FROM workflow_case c WHERE c.wave_id = OLD.id AND c.round > 0))
     AND (NEW.pilot = OLD.pilot OR NOT EXISTS (SELECT 1 FROM workflow_case c WHERE c.wave_id = OLD.id)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A wave whose cases began is only opened and closed.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'waves_are_fixed_once_begun';
END $$;
CREATE FUNCTION workflow_wave_against_event() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.event_id = NEW.event_id AND e.xact = pg_current_xact_id()
                 AND e.stream_id = NEW.project_id AND e.object_id = NEW.id::text
                 AND e.action = 'project.settings_changed') THEN
    RAISE EXCEPTION 'A wave changes only with its event in the same transaction.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wave_change_has_its_event';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER a_guard BEFORE UPDATE OR DELETE ON workflow_wave FOR EACH ROW EXECUTE FUNCTION workflow_wave_guard();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workflow_wave EXECUTE FUNCTION workflow_refuse_change();
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT OR UPDATE ON workflow_wave DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION workflow_wave_against_event();
ALTER TABLE workflow_wave ENABLE ALWAYS TRIGGER a_guard, ENABLE ALWAYS TRIGGER refuse_truncate,
  ENABLE ALWAYS TRIGGER z_event;
"""
GRANTS = """
GRANT SELECT, INSERT, UPDATE ON workflow_wave TO consilium_app;
GRANT SELECT ON workflow_wave TO consilium_auditor;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0006_epochs'),
        ('workflow', '0008_needs'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='purpose',
            field=models.CharField(choices=[('study', 'Study'), ('pilot', 'Pilot'), ('reference', 'Reference'), ('gold', 'Gold'), ('repeat', 'Repeat'), ('calibration', 'Calibration')], db_default='study', default='study', max_length=11),
        ),
        migrations.AddField(
            model_name='case',
            name='source_case',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='probes', to='workflow.case'),
        ),
        migrations.CreateModel(
            name='Wave',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('pilot', models.BooleanField(default=False)),
                ('strata', models.JSONField(default=list)),
                ('status', models.CharField(choices=[('planned', 'Planned'), ('open', 'Open'), ('closed', 'Closed')], default='planned', max_length=8)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waves', to='workflow.project')),
            ],
        ),
        migrations.AddField(
            model_name='case',
            name='wave',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='workflow.wave'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('wave__isnull', False)), fields=['wave', 'state'], name='case_of_wave'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('source_case__isnull', False)), fields=['source_case'], name='probe_of_case'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('purpose__in', ['study', 'pilot', 'reference']), ('source_case__isnull', True)), models.Q(('purpose__in', ['gold', 'repeat', 'calibration']), ('source_case__isnull', False)), _connector='OR'), name='a_probe_has_its_source'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('wave__isnull', True), models.Q(('purpose', 'pilot'), _negated=True)), models.Q(('purpose__in', ['study', 'pilot']), ('wave__isnull', False)), _connector='OR'), name='a_pilot_case_has_its_wave'),
        ),
        migrations.AddConstraint(
            model_name='wave',
            constraint=models.UniqueConstraint(fields=('project', 'name'), name='wave_name_is_unique_in_project'),
        ),
        migrations.AddConstraint(
            model_name='wave',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['planned', 'open', 'closed'])), name='wave_status_is_known'),
        ),
        migrations.RunSQL(RULES),
        migrations.RunSQL(GRANTS),
    ]
