"""A further frame of a series is recorded and allowed by one statement: who may no longer see it is told so at once.

A function, because its plans are kept; asked as a query it would be planned for each frame that anybody looks at.
"""

from django.db import migrations

SEEN = r"""
CREATE FUNCTION tasks_frame_seen(
  of_task uuid, of_holder uuid, of_token uuid, of_session text,
  of_log bigint, of_actor text, of_role text, of_code text, of_case uuid, of_study text, of_series text,
  of_instance uuid, of_frame integer, of_request text
) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
      SELECT 1 FROM tasks_task t JOIN workflow_case c ON c.id = t.case_id
        JOIN workflow_membership m ON m.id = t.holder_id JOIN accounts_user u ON u.id = m.user_id
      WHERE t.id = of_task AND t.holder_id = of_holder AND t.status = 'leased' AND t.lease_until > clock_timestamp()
        AND NOT c.held AND m.status = 'active' AND of_role = ANY (m.roles)
        AND u.is_active AND NOT u.password_is_one_time
        AND (EXISTS (SELECT 1 FROM accounts_token k
            WHERE k.id = of_token AND k.revoked_at IS NULL AND k.expires_at > clock_timestamp()
              AND (k.task IS NULL OR (k.task, k.lease) = (t.id, t.token)))
          OR of_token IS NULL AND EXISTS (SELECT 1 FROM django_session s
            WHERE s.session_key = of_session AND s.expire_date > clock_timestamp()))) THEN
    RETURN false;
  END IF;
  -- The first access of the series waited for the disk (decision 0020).
  PERFORM set_config('synchronous_commit', 'off', true);
  INSERT INTO audit_access (log_id, actor, role, code, what, case_id, task_id, study, series, instance, frames, request)
  VALUES (of_log, of_actor, of_role, of_code, 'frames', of_case, of_task, of_study, of_series, of_instance,
    ARRAY[of_frame], of_request);
  RETURN true;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0006_hands_read_once"),
        ("audit", "0008_access"),
        ("accounts", "0007_link_tokens"),
        ("sessions", "0001_initial"),
    ]
    operations = [migrations.RunSQL(SEEN, "DROP FUNCTION tasks_frame_seen")]
