"""The access log: who saw pixels or patient-level data; append-only, by month, sealed by batches.

See docs/access-log.md and docs/decisions/0020-access-log.md.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import audit.fields

TABLE = r"""
CREATE SEQUENCE audit_access_id_seq;
CREATE TABLE audit_access (
  log_id bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  id bigint NOT NULL DEFAULT nextval('audit_access_id_seq'),
  actor text NOT NULL CONSTRAINT access_names_a_pseudonym CHECK (actor ~ '^act_[0-9a-f]{32}$'),
  role text NOT NULL CONSTRAINT access_role_is_a_word CHECK (role ~ '^[a-z_]{1,32}$'),
  code text NOT NULL CONSTRAINT access_code_is_dicoms CHECK (code ~ '^[0-9]{6}$'),
  what text NOT NULL CONSTRAINT access_what_is_a_word CHECK (what ~ '^[a-z_]{1,32}$'),
  case_id uuid,
  task_id uuid,
  study text NOT NULL DEFAULT '' CONSTRAINT access_study_is_a_uid CHECK (study ~ '^[0-9.]{0,64}$'),
  series text NOT NULL DEFAULT '' CONSTRAINT access_series_is_a_uid CHECK (series ~ '^[0-9.]{0,64}$'),
  instance uuid,
  frames integer[] NOT NULL DEFAULT '{}',
  request text NOT NULL DEFAULT '' CONSTRAINT access_request_is_an_id CHECK (request ~ '^[0-9A-Za-z._:-]{0,64}$'),
  batch_id bigint REFERENCES audit_accessbatch DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (log_id, at, id)
) PARTITION BY RANGE (at);
ALTER SEQUENCE audit_access_id_seq OWNED BY audit_access.id;
CREATE INDEX audit_access_unsealed ON audit_access (log_id, at, id) WHERE batch_id IS NULL;
CREATE INDEX audit_access_by_task ON audit_access (task_id, at) WHERE task_id IS NOT NULL;
CREATE INDEX audit_access_by_case ON audit_access (case_id, at) WHERE case_id IS NOT NULL;
CREATE INDEX audit_access_by_batch ON audit_access (batch_id) WHERE batch_id IS NOT NULL;
"""
RULES = r"""
CREATE FUNCTION audit_access_stamp() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.batch_id IS NOT NULL OR abs(extract(epoch FROM clock_timestamp() - NEW.at)) > 5 THEN
    RAISE EXCEPTION 'What somebody saw carries the time of the database, and no batch yet.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'access_time_is_the_databases';
  END IF;
  -- No foreign key: it would lock the log's row for each frame that anybody sees. A log is never deleted.
  IF NOT EXISTS (SELECT 1 FROM audit_log l WHERE l.id = NEW.log_id) THEN
    RAISE EXCEPTION 'What somebody saw belongs to a log.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'access_is_of_a_log';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION audit_access_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- Once, from null, in the transaction that makes the batch; a later epoch's batch may hold what an earlier one left.
  IF TG_OP = 'UPDATE' AND OLD.batch_id IS NULL AND to_jsonb(NEW) - 'batch_id' = to_jsonb(OLD) - 'batch_id' AND EXISTS (
      SELECT 1 FROM audit_accessbatch b JOIN audit_log l ON l.id = b.log_id
        JOIN audit_log mine ON mine.project_id = l.project_id AND mine.epoch <= l.epoch
      WHERE b.id = NEW.batch_id AND b.xact = pg_current_xact_id() AND mine.id = NEW.log_id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'What somebody saw is never changed; a batch of its own log takes it in, once.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'access_is_append_only';
END $$;

CREATE TRIGGER a_stamp BEFORE INSERT ON audit_access FOR EACH ROW EXECUTE FUNCTION audit_access_stamp();
CREATE TRIGGER a_guard BEFORE UPDATE OR DELETE ON audit_access FOR EACH ROW EXECUTE FUNCTION audit_access_guard();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_access EXECUTE FUNCTION audit_refuse();
ALTER TABLE audit_access ENABLE ALWAYS TRIGGER a_stamp, ENABLE ALWAYS TRIGGER a_guard,
  ENABLE ALWAYS TRIGGER refuse_truncate;

CREATE FUNCTION audit_access_batch_stamp() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.xact := pg_current_xact_id();
  RETURN NEW;
END $$;

CREATE FUNCTION audit_access_batch_against_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  extra jsonb; held record;
BEGIN
  SELECT audit_utf8(e.body)::jsonb -> 'extra' INTO extra FROM audit_event e
    WHERE e.event_id = NEW.event_id AND e.log_id = NEW.log_id AND e.xact = pg_current_xact_id()
      AND e.action = 'access.batch' AND e.after_digest = NEW.content_id;
  SELECT count(*) AS count, min(at) AS first, max(at) AS last INTO held FROM audit_access WHERE batch_id = NEW.id;
  IF extra IS NULL OR (NEW.count, NEW.first, NEW.last) IS DISTINCT FROM (held.count, held.first, held.last)
     OR extra IS DISTINCT FROM jsonb_build_object('count', NEW.count,
          'first', to_char(NEW.first AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
          'last', to_char(NEW.last AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) THEN
    RAISE EXCEPTION 'A batch of the access log holds the rows that its event of the same transaction says.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'access_batch_has_its_event';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER a_stamp BEFORE INSERT ON audit_accessbatch FOR EACH ROW EXECUTE FUNCTION audit_access_batch_stamp();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit_accessbatch FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_accessbatch EXECUTE FUNCTION audit_refuse();
CREATE CONSTRAINT TRIGGER z_event AFTER INSERT ON audit_accessbatch DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_access_batch_against_event();
ALTER TABLE audit_accessbatch ENABLE ALWAYS TRIGGER a_stamp, ENABLE ALWAYS TRIGGER refuse_change,
  ENABLE ALWAYS TRIGGER refuse_truncate, ENABLE ALWAYS TRIGGER z_event;
"""
PARTITIONS = r"""
CREATE TABLE audit_access_default PARTITION OF audit_access DEFAULT;
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_access_default EXECUTE FUNCTION audit_refuse();
ALTER TABLE audit_access_default ENABLE ALWAYS TRIGGER refuse_truncate;

-- The service has no right to make tables; this makes one, of one form, for a month that is near.
CREATE FUNCTION audit_access_month(day date) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
  begins date := date_trunc('month', day::timestamp)::date;
  ends date := (date_trunc('month', day::timestamp) + interval '1 month')::date;
  name text := 'audit_access_' || to_char(begins, 'YYYY_MM');
BEGIN
  IF begins < date_trunc('month', now()) OR begins > now() + interval '1 year' THEN
    RAISE EXCEPTION 'A month of the access log is made for this month or one of the next twelve.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'access_month_is_near';
  END IF;
  IF to_regclass('public.' || name) IS NOT NULL THEN
    RETURN false;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('audit_access_month'));
  IF to_regclass('public.' || name) IS NOT NULL
     OR EXISTS (SELECT 1 FROM audit_access_default d WHERE d.at >= begins AND d.at < ends) THEN
    RETURN false;  -- it is there, or came too late: the month's rows are in the default partition and stay there
  END IF;
  EXECUTE format('CREATE TABLE public.%I PARTITION OF public.audit_access FOR VALUES FROM (%L) TO (%L)',
    name, begins::timestamptz, ends::timestamptz);
  EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.%I EXECUTE FUNCTION audit_refuse()', name);
  EXECUTE format('ALTER TABLE public.%I ENABLE ALWAYS TRIGGER refuse_truncate', name);
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION audit_access_month(date) FROM PUBLIC;
SELECT audit_access_month(now()::date), audit_access_month((now() + interval '1 month')::date);
"""
GRANTS = """
GRANT EXECUTE ON FUNCTION audit_access_month(date) TO consilium_app;
GRANT SELECT ON audit_access TO consilium_app, consilium_auditor;
GRANT INSERT (log_id, actor, role, code, what, case_id, task_id, study, series, instance, frames, request),
  UPDATE (batch_id) ON audit_access TO consilium_app;
GRANT USAGE ON SEQUENCE audit_access_id_seq TO consilium_app;
GRANT SELECT, INSERT ON audit_accessbatch TO consilium_app;
GRANT SELECT ON audit_accessbatch TO consilium_auditor;
"""
COLUMNS = """
ALTER TABLE audit_accessbatch ALTER COLUMN xact SET DEFAULT '0';
"""
KEPT_BY_THE_LOG = models.ForeignKey(
    db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="audit.log"
)


class Migration(migrations.Migration):
    dependencies = [("audit", "0007_events_together")]
    operations = [
        migrations.CreateModel(
            name="AccessBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("count", models.PositiveIntegerField()),
                ("first", models.DateTimeField()),
                ("last", models.DateTimeField()),
                ("xact", audit.fields.Xid8Field()),
                (
                    "content",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.content"
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="audit.event",
                        to_field="event_id",
                    ),
                ),
                (
                    "log",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.log"
                    ),
                ),
            ],
            options={"verbose_name_plural": "access batches"},
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(COLUMNS),
                migrations.RunSQL(TABLE),
                migrations.RunSQL(RULES),
                migrations.RunSQL(PARTITIONS),
                migrations.RunSQL(GRANTS),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Access",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "log_id",
                                "at",
                                "id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("id", models.BigIntegerField()),
                        ("actor", models.TextField()),
                        ("role", models.TextField()),
                        ("code", models.TextField()),
                        ("what", models.TextField()),
                        ("case_id", models.UUIDField(null=True)),
                        ("task_id", models.UUIDField(null=True)),
                        ("study", models.TextField(blank=True)),
                        ("series", models.TextField(blank=True)),
                        ("instance", models.UUIDField(null=True)),
                        (
                            "frames",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.IntegerField(), default=list, size=None
                            ),
                        ),
                        ("request", models.TextField(blank=True)),
                        ("log", KEPT_BY_THE_LOG),
                        (
                            "batch",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rows",
                                to="audit.accessbatch",
                            ),
                        ),
                    ],
                    options={"verbose_name_plural": "access"},
                ),
            ],
        ),
    ]
