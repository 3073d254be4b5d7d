"""What a case asks of whoever works on it, and what a person's credentials answer to that."""

import django.contrib.postgres.fields
from django.db import migrations, models

RULES = r"""
-- What a person's credentials of a day answer to a case's needs; NULL if none is valid, and then nothing is theirs.
CREATE FUNCTION workflow_tags(of_user uuid, on_day date) RETURNS text[] LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN (SELECT array_agg(DISTINCT tag ORDER BY tag) FROM accounts_credential q
    CROSS JOIN LATERAL (
      SELECT 'credential' AS tag
      UNION ALL SELECT 'specialty:' || lower(trim(s)) FROM unnest(ARRAY[q.specialty, q.subspecialty]) s WHERE trim(s) <> ''
      UNION ALL SELECT 'modality:' || upper(trim(m)) FROM unnest(q.modalities) m
      UNION ALL SELECT 'body_part:' || upper(trim(b)) FROM unnest(q.body_parts) b) AS told
    WHERE q.user_id = of_user AND q.valid_from <= on_day AND (q.valid_to IS NULL OR q.valid_to >= on_day));
END $$;

CREATE FUNCTION workflow_case_needs_are_fixed() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'What a case needs and which strata it is in are fixed at intake.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'case_needs_are_fixed';
END $$;
CREATE TRIGGER b_needs BEFORE UPDATE ON workflow_case FOR EACH ROW
  WHEN ((NEW.needs, NEW.strata) IS DISTINCT FROM (OLD.needs, OLD.strata))
  EXECUTE FUNCTION workflow_case_needs_are_fixed();
ALTER TABLE workflow_case ENABLE ALWAYS TRIGGER b_needs;
"""
UNDONE = """
DROP TRIGGER b_needs ON workflow_case;
DROP FUNCTION workflow_case_needs_are_fixed();
DROP FUNCTION workflow_tags(uuid, date);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_body_parts"),
        ("workflow", "0007_measurements"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="needs",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=120), db_default=[], default=list, size=None
            ),
        ),
        migrations.RunSQL(RULES, UNDONE),
    ]
