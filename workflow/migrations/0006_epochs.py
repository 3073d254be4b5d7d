"""A project's log changes only to its next epoch (docs/decisions/0013-epochs.md)."""

from django.db import migrations

RULE = r"""
CREATE OR REPLACE FUNCTION workflow_project_guard() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.id, NEW.seed) IS NOT DISTINCT FROM (OLD.id, OLD.seed)
     AND (NEW.log_id = OLD.log_id OR EXISTS (
       SELECT 1 FROM audit_log l JOIN audit_log n ON n.project_id = l.project_id AND n.epoch = l.epoch + 1
       WHERE l.id = OLD.log_id AND n.id = NEW.log_id)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A project''s log changes only to its next epoch, and the root of its random draws never.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'project_identity_is_fixed';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("workflow", "0005_grants"), ("audit", "0006_epochs")]
    operations = [migrations.RunSQL(RULE)]
