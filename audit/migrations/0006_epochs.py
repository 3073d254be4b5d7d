"""Epochs: a log that goes on in the next one is frozen, and a chain may go on in the next epoch of its project.

See docs/decisions/0013-epochs.md.
"""

from django.db import migrations, models

RULES = r"""
CREATE FUNCTION audit_log_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  before audit_log;
BEGIN
  IF NEW.epoch > 1 THEN
    -- Waits for whoever writes into it now; whoever comes later sees this epoch.
    SELECT * INTO before FROM audit_log WHERE project_id = NEW.project_id AND epoch = NEW.epoch - 1 FOR UPDATE;
    IF before.id IS NULL THEN
      RAISE EXCEPTION 'An epoch follows the one before it.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'epochs_follow_each_other';
    END IF;
  END IF;
  NEW.left_off_at := before.size;
  RETURN NEW;
END $$;
CREATE TRIGGER b_follows BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_follows();
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER b_follows;

CREATE FUNCTION audit_event_not_into_a_frozen_log() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- The lock that the foreign key takes anyway, but before the question and not after it.
  PERFORM 1 FROM audit_log l WHERE l.id = NEW.log_id FOR KEY SHARE;
  IF EXISTS (SELECT 1 FROM audit_log l JOIN audit_log n ON n.project_id = l.project_id AND n.epoch > l.epoch
             WHERE l.id = NEW.log_id) THEN
    RAISE EXCEPTION 'This log is frozen: its project goes on in another epoch.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'log_is_frozen';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER a_frozen BEFORE INSERT ON audit_event FOR EACH ROW
  EXECUTE FUNCTION audit_event_not_into_a_frozen_log();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER a_frozen;

CREATE OR REPLACE FUNCTION audit_event_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  before audit_event; back bigint := 0;
BEGIN
  IF NEW.stream_seq > 1 THEN
    SELECT * INTO before FROM audit_event WHERE stream_id = NEW.stream_id AND stream_seq = NEW.stream_seq - 1;
  END IF;
  IF NEW.stream_seq < 1
     OR (NEW.stream_seq > 1 AND before.id IS NULL)
     OR NEW.prev IS DISTINCT FROM 'sha256:' || encode(before.leaf_hash, 'hex')
     OR NEW.stream_kind <> coalesce(before.stream_kind, NEW.stream_kind)
     OR (NEW.log_id <> coalesce(before.log_id, NEW.log_id) AND NOT EXISTS (
          SELECT 1 FROM audit_log l JOIN audit_log n ON n.project_id = l.project_id AND n.epoch > l.epoch
          WHERE l.id = before.log_id AND n.id = NEW.log_id)) THEN
    RAISE EXCEPTION 'The event does not follow the last one of its stream (%, place %).', NEW.stream_id, NEW.stream_seq
      USING ERRCODE = 'check_violation', CONSTRAINT = 'event_follows_its_stream';
  END IF;
  IF NEW.server_time < before.server_time THEN
    back := round(extract(epoch FROM before.server_time::timestamptz - NEW.server_time::timestamptz) * 1000000);
  END IF;
  IF NEW.regressed_us <> back THEN
    RAISE EXCEPTION 'The clock went back by % microseconds and the event says %.', back, NEW.regressed_us
      USING ERRCODE = 'check_violation', CONSTRAINT = 'event_time_goes_forward';
  END IF;
  INSERT INTO audit_pending (event_id) VALUES (NEW.id);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION audit_log_only_grows() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.size < OLD.size OR (NEW.id, NEW.project_id, NEW.epoch, NEW.origin, NEW.left_off_at)
     IS DISTINCT FROM (OLD.id, OLD.project_id, OLD.epoch, OLD.origin, OLD.left_off_at) THEN
    RAISE EXCEPTION 'A log only grows.' USING ERRCODE = 'check_violation', CONSTRAINT = 'a_log_only_grows';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_tiles")]
    operations = [
        migrations.AddField("log", "left_off_at", models.BigIntegerField(null=True)),
        migrations.RunSQL(RULES),
    ]
