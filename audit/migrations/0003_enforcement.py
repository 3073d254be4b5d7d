"""What the database refuses, whoever asks: change, deletion, gaps, broken chains, false times.

The triggers are ENABLE ALWAYS, so that `session_replication_role = replica` does not skip them. A superuser can
still disable them: that is detected afterwards, by the chain and the sealed tree, not prevented here.
"""

from django.db import migrations

TRIGGERS = r"""
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'The audit log is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_is_append_only';
END $$;

CREATE FUNCTION audit_event_stamp() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  said timestamptz := audit_text_at(NEW.body, 'time', 'server')::timestamptz;
BEGIN
  NEW.xact := pg_current_xact_id();
  NEW.db_time := clock_timestamp();
  IF said IS NULL OR abs(extract(epoch FROM NEW.db_time - said)) > 5 THEN
    RAISE EXCEPTION 'An event must carry the time of the database: it says %, the database has %.', said, NEW.db_time
      USING ERRCODE = 'check_violation', CONSTRAINT = 'event_time_is_the_databases';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM audit_log l WHERE l.id = NEW.log_id AND l.origin = audit_text_at(NEW.body, 'log')) THEN
    RAISE EXCEPTION 'The event names another log than the one it is written to.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'event_is_in_its_log';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION audit_event_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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
     OR NEW.log_id <> coalesce(before.log_id, NEW.log_id)
     OR NEW.stream_kind <> coalesce(before.stream_kind, NEW.stream_kind) THEN
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

CREATE FUNCTION audit_leaf_is_of_its_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.id = NEW.event_id AND e.log_id = NEW.log_id
                 AND e.leaf_hash = NEW.leaf_hash) THEN
    RAISE EXCEPTION 'A leaf is the hash of its event, in the log of its event.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'leaf_is_of_its_event';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER a_event BEFORE INSERT ON audit_leaf FOR EACH ROW EXECUTE FUNCTION audit_leaf_is_of_its_event();
ALTER TABLE audit_leaf ENABLE ALWAYS TRIGGER a_event;

CREATE FUNCTION audit_log_begins_empty() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.size <> 0 OR cardinality(NEW.frontier) > 0 THEN
    RAISE EXCEPTION 'A log begins empty.' USING ERRCODE = 'check_violation', CONSTRAINT = 'a_log_begins_empty';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER a_empty BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_begins_empty();
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER a_empty;

CREATE FUNCTION audit_log_only_grows() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.size < OLD.size OR (NEW.id, NEW.project_id, NEW.epoch, NEW.origin)
     IS DISTINCT FROM (OLD.id, OLD.project_id, OLD.epoch, OLD.origin) THEN
    RAISE EXCEPTION 'A log only grows.' USING ERRCODE = 'check_violation', CONSTRAINT = 'a_log_only_grows';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER a_grows BEFORE UPDATE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_only_grows();
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER a_grows;

CREATE TRIGGER a_stamp BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_event_stamp();
CREATE TRIGGER b_chain AFTER INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_event_chain();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER a_stamp, ENABLE ALWAYS TRIGGER b_chain;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['audit_event', 'audit_leaf', 'audit_checkpoint', 'audit_content'] LOOP
    EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION audit_refuse()', name);
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I EXECUTE FUNCTION audit_refuse()', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate', name);
  END LOOP;
END $$;

ALTER TABLE audit_content
  ADD CONSTRAINT content_digest_is_of_its_bytes CHECK (digest = 'sha256:' || encode(sha256(body), 'hex')),
  ADD CONSTRAINT content_size_is_of_its_bytes CHECK (size = octet_length(body));
ALTER TABLE audit_leaf ADD CONSTRAINT leaf_hash_is_a_sha256 CHECK (octet_length(leaf_hash) = 32);
ALTER TABLE audit_event ADD CONSTRAINT event_fits_a_leaf CHECK (octet_length(body) BETWEEN 2 AND 65535);
ALTER TABLE audit_event ALTER COLUMN db_time SET DEFAULT clock_timestamp(), ALTER COLUMN xact SET DEFAULT '0';
"""

GRANTS = """
GRANT SELECT, INSERT ON audit_log TO consilium_app;
GRANT SELECT ON audit_event TO consilium_app;
GRANT INSERT (log_id, body) ON audit_event TO consilium_app;
GRANT SELECT, INSERT ON audit_content, audit_opening TO consilium_app;
GRANT SELECT ON audit_leaf, audit_checkpoint, audit_pending TO consilium_app;
GRANT SELECT ON audit_log, audit_event, audit_content, audit_opening, audit_leaf, audit_checkpoint, audit_pending
  TO consilium_auditor;
GRANT SELECT ON audit_log, audit_event, audit_leaf, audit_checkpoint, audit_pending TO consilium_sealer;
GRANT UPDATE (size, frontier) ON audit_log TO consilium_sealer;
GRANT DELETE ON audit_pending TO consilium_sealer;
GRANT INSERT ON audit_leaf, audit_checkpoint TO consilium_sealer;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_tables")]
    operations = [migrations.RunSQL(TRIGGERS), migrations.RunSQL(GRANTS)]
