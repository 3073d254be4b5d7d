"""Immutable readers of canonical JSON bytes, for generated columns.

convert_from() is only STABLE because a database may have another encoding; ours is UTF8 (checked at start-up).
"""

from django.db import migrations

FUNCTIONS = r"""
CREATE FUNCTION audit_utf8(bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT pg_catalog.convert_from($1, 'UTF8') $$;
CREATE FUNCTION audit_leaf_hash(bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT pg_catalog.sha256('\x00'::bytea || $1) $$;
CREATE FUNCTION audit_text_at(body bytea, VARIADIC path text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT public.audit_utf8(body)::jsonb #>> path $$;
CREATE FUNCTION audit_uuid_at(body bytea, VARIADIC path text[]) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT (public.audit_utf8(body)::jsonb #>> path)::uuid $$;
CREATE FUNCTION audit_int_at(body bytea, VARIADIC path text[]) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT (public.audit_utf8(body)::jsonb #>> path)::bigint $$;
CREATE FUNCTION audit_json_of(media_type text, body bytea) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT CASE WHEN media_type = 'application/json' THEN public.audit_utf8(body)::jsonb END $$;
"""


class Migration(migrations.Migration):
    dependencies = []
    operations = [migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop)]
