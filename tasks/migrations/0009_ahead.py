"""A task may be kept ahead: its images go to the browser of whoever takes it next, before they take it (decision 0025).

The claim's own function says which task that is; others pass it over while there is other work.
"""

from django.db import migrations, models

# Whether a task is kept ahead for somebody. Nothing takes this back: it ends with its time, with what the person has
# in hand, and with whatever becomes of the task.
KEPT = """EXISTS (SELECT 1 FROM tasks_worker k JOIN tasks_task kept ON kept.id = k.ahead
        WHERE k.ahead = {task} AND {who} AND k.ahead_until > clock_timestamp()
          AND (kept.status = 'open' OR kept.status = 'reserved' AND kept.holder_id = k.member_id)
          AND EXISTS (SELECT 1 FROM tasks_task hand WHERE hand.holder_id = k.member_id AND hand.status = 'leased'
            AND hand.lease_until > clock_timestamp()))"""
TAKE = """SELECT t.id, t.case_id INTO task, of_case FROM workflow_case k JOIN tasks_task t ON t.case_id = k.id
    WHERE t.id = {0} AND NOT k.held AND (t.status = 'open'
      OR (t.status = 'leased' AND NOT t.bound AND t.lease_until < clock_timestamp())
      OR (t.status = 'reserved' AND NOT t.bound AND t.start_by < clock_timestamp()))
    FOR UPDATE OF k, t SKIP LOCKED;"""
# As in 0004.
MAY_POOL = """o.project_id = of_project AND o.kind = ANY(wanted) AND o.needs::text[] <@ tags AND o.site <> ALL(conflicts)
      AND EXISTS (SELECT 1 FROM workflow_acknowledgement k WHERE k.member_id = me AND k.guideline_id = o.guideline_id)"""

CHOOSE = f"""
CREATE OR REPLACE FUNCTION tasks_choose(of_project uuid, me uuid, wanted text[], tags text[], conflicts text[],
    start_at int, claims int, share_cap int, OUT how text, OUT task uuid, OUT of_case uuid)
  LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  c record; many int; blocked uuid; seen int; mine uuid; one uuid; spared uuid[];
BEGIN
  -- What is reserved for them: returned work, then reservations, then what their turn has come for.
  FOR c IN
    SELECT t.id, t.case_id FROM tasks_task t JOIN tasks_pool o ON o.id = t.pool_id
    WHERE t.holder_id = me AND t.status = 'reserved' AND (t.turn IS NULL OR t.turn <= claims) AND {MAY_POOL}
      AND NOT (SELECT k.held FROM workflow_case k WHERE k.id = t.case_id)
    ORDER BY t.returned DESC, (t.turn IS NOT NULL), t.bound DESC, t.rank, t.slot, t.id
  LOOP
    -- Waits while the case is busy, then looks again.
    PERFORM 1 FROM workflow_case k WHERE k.id = c.case_id AND NOT k.held FOR UPDATE;
    CONTINUE WHEN NOT FOUND;
    SELECT t.id, t.case_id INTO task, of_case FROM tasks_task t
      WHERE t.id = c.id AND t.status = 'reserved' AND t.holder_id = me FOR UPDATE;
    IF FOUND THEN
      how := 'own';
      RETURN;
    END IF;
  END LOOP;
  IF share_cap IS NOT NULL AND (SELECT count(DISTINCT p.case_id) FROM workflow_part p
      WHERE p.member_id = me AND p.outcome IN ('reserved', 'active')) >= share_cap THEN
    how := 'share';
    RETURN;
  END IF;
  SELECT k.ahead INTO mine FROM tasks_worker k WHERE k.member_id = me AND k.ahead_until > clock_timestamp();
  -- Few candidates are enough, unless others have just locked them.
  FOREACH many IN ARRAY ARRAY[4, 64, 1024] LOOP
    seen := 0;
    spared := '{{}}';
    FOR c IN
      SELECT f.* FROM tasks_pool o
        LEFT JOIN tasks_place l ON l.pool_id = o.id AND l.member_id = me
        CROSS JOIN LATERAL tasks_candidates(o.id, o.new_readers, me, start_at, many, l.rank, l.gone, l.since) AS f
      WHERE {MAY_POOL}
      ORDER BY f.late, f.rank, f.task IS DISTINCT FROM mine, f.far, f.slot, f.task
    LOOP
      seen := seen + 1;
      IF {KEPT.format(task="c.task", who="k.member_id <> me")} THEN
        spared := spared || c.task;
        CONTINUE;
      END IF;
      {TAKE.format("c.task")}
      IF FOUND THEN
        how := 'pool';
        IF claims % 16 = 0 THEN
          PERFORM tasks_keep_places(of_project, me, wanted, tags, conflicts, start_at);
        END IF;
        RETURN;
      END IF;
      blocked := coalesce(blocked, c.of_case);
    END LOOP;
    EXIT WHEN seen < many;
  END LOOP;
  -- Keeping is a courtesy: who would have nothing else takes it.
  FOREACH one IN ARRAY spared LOOP
    {TAKE.format("one")}
    IF FOUND THEN
      how := 'pool';
      RETURN;
    END IF;
    IF blocked IS NULL THEN
      SELECT t.case_id INTO blocked FROM tasks_task t WHERE t.id = one;
    END IF;
  END LOOP;
  how := CASE WHEN blocked IS NULL THEN 'none' ELSE 'busy' END;
  task := NULL;
  of_case := blocked;
END $$;
"""

OFFER = f"""
DROP FUNCTION tasks_offer(uuid, uuid, uuid, text[], text[], int, date, text[], date, int, interval, interval, int);
-- The next task for a person: theirs first, then the best of the pools, locked with its case. `how`:
-- live (in their hands already), own (reserved for them), pool, busy (wait for `of_case` and ask again), none, or what
-- keeps all new work from them: no_credential, untrained, capped (today), rest (until `rest_until`), share.
-- With `keep_until` nothing is taken: what would be next after what they have in hand is kept ahead for them till then.
CREATE FUNCTION tasks_offer(of_project uuid, me uuid, of_user uuid, wanted text[], conflicts text[], start_at int,
    credentials_on date, training text[], today date, day_cap int, session interval, rest interval, share_cap int,
    keep_until timestamptz DEFAULT NULL,
    OUT how text, OUT task uuid, OUT of_case uuid, OUT place_in_session int, OUT rest_until timestamptz)
  LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  w tasks_worker; active timestamptz; fresh_session boolean;
  tags text[] := workflow_tags(of_user, credentials_on);
BEGIN
  -- One claim of a person at a time: two tabs must not get two cases.
  INSERT INTO tasks_worker (member_id) VALUES (me) ON CONFLICT DO NOTHING;
  SELECT * INTO w FROM tasks_worker k WHERE k.member_id = me FOR UPDATE;
  SELECT t.id, t.case_id INTO task, of_case FROM tasks_task t
    JOIN workflow_case k ON k.id = t.case_id
    WHERE t.holder_id = me AND t.status = 'leased' AND k.project_id = of_project AND t.kind = ANY(wanted)
    ORDER BY t.returned DESC, t.rank, t.slot, t.id
    LIMIT 1 OFFSET CASE WHEN keep_until IS NULL THEN 0 ELSE 1 END; -- who looks ahead has one in hand
  IF FOUND THEN
    how := 'live';
    RETURN;
  END IF;
  SELECT greatest(t.seen_at, t.done_at, w.session_started_at) INTO active FROM tasks_task t WHERE t.id = w.last_task;
  fresh_session := active IS NULL OR w.session_started_at IS NULL OR clock_timestamp() - active >= rest;
  how := CASE
    WHEN tags IS NULL THEN 'no_credential'
    WHEN EXISTS (
      SELECT 1 FROM unnest(training) AS n (name) WHERE NOT coalesce((
        SELECT done.passed FROM workflow_training done JOIN audit_content m ON m.digest = done.material_id
        WHERE done.member_id = me AND m.data ->> 'name' = n.name ORDER BY done.completed_at DESC LIMIT 1), false))
      THEN 'untrained'
    WHEN w.day = today AND w.day_claims >= day_cap OR day_cap = 0 THEN 'capped'
    WHEN NOT fresh_session AND clock_timestamp() - w.session_started_at >= session THEN 'rest' END;
  IF how IS NOT NULL THEN
    rest_until := CASE WHEN how = 'rest' THEN active + rest END;
    RETURN;
  END IF;
  SELECT o.how, o.task, o.of_case INTO how, task, of_case
    FROM tasks_choose(of_project, me, wanted, tags, conflicts, start_at, w.claims, share_cap) AS o;
  IF keep_until IS NOT NULL THEN
    -- What is another's until their time is over, or is kept for somebody else, is not theirs yet.
    IF how IN ('own', 'pool') AND (
        NOT EXISTS (SELECT 1 FROM tasks_task t WHERE t.id = task
          AND (t.status = 'open' OR t.status = 'reserved' AND t.holder_id = me))
        OR {KEPT.format(task="task", who="k.member_id <> me")}) THEN
      how := 'none';
    END IF;
    IF how NOT IN ('own', 'pool') THEN
      task := NULL;
      of_case := NULL;
    END IF;
    UPDATE tasks_worker k SET ahead = task, ahead_until = CASE WHEN task IS NOT NULL THEN keep_until END
      WHERE k.member_id = me;
    RETURN;
  END IF;
  IF how NOT IN ('own', 'pool') THEN
    RETURN;
  END IF;
  UPDATE tasks_worker k SET claims = k.claims + 1, last_task = task, day = today,
      day_claims = CASE WHEN k.day = today THEN k.day_claims ELSE 0 END + 1,
      session_started_at = CASE WHEN fresh_session THEN clock_timestamp() ELSE k.session_started_at END,
      session_claims = CASE WHEN fresh_session THEN 0 ELSE k.session_claims END + 1,
      ahead = NULL, ahead_until = NULL
    WHERE k.member_id = me RETURNING k.session_claims INTO place_in_session;
END $$;
"""

KEPT_FOR = f"""
-- The membership by which a person is kept a task ahead; null if they are not, or its case is on hold.
CREATE FUNCTION tasks_kept_for(of_task uuid, of_user uuid) RETURNS uuid LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN (SELECT m.id FROM tasks_task t JOIN workflow_case c ON c.id = t.case_id
    JOIN workflow_membership m ON m.project_id = c.project_id AND m.user_id = of_user
    WHERE t.id = of_task AND NOT c.held AND {KEPT.format(task="t.id", who="k.member_id = m.id")});
END $$;
"""

# As in 0007, and for who is kept it ahead, by their session alone.
SEEN = f"""
CREATE OR REPLACE FUNCTION tasks_frame_seen(
  of_task uuid, of_holder uuid, of_token uuid, of_session text,
  of_log bigint, of_actor text, of_role text, of_code text, of_case uuid, of_study text, of_series text,
  of_instance uuid, of_frame integer, of_request text
) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  what_goes_out text;
BEGIN
  SELECT CASE
      WHEN t.status = 'leased' AND t.holder_id = of_holder AND t.lease_until > clock_timestamp() THEN 'frames'
      WHEN of_token IS NULL AND {KEPT.format(task="t.id", who="k.member_id = m.id")} THEN 'frames_ahead' END
    INTO what_goes_out
    FROM tasks_task t JOIN workflow_case c ON c.id = t.case_id
      JOIN workflow_membership m ON m.id = of_holder JOIN accounts_user u ON u.id = m.user_id
    WHERE t.id = of_task AND NOT c.held AND m.status = 'active' AND of_role = ANY (m.roles)
      AND u.is_active AND NOT u.password_is_one_time
      AND (EXISTS (SELECT 1 FROM accounts_token k
          WHERE k.id = of_token AND k.revoked_at IS NULL AND k.expires_at > clock_timestamp()
            AND (k.task IS NULL OR (k.task, k.lease) = (t.id, t.token)))
        OR of_token IS NULL AND EXISTS (SELECT 1 FROM django_session s
          WHERE s.session_key = of_session AND s.expire_date > clock_timestamp()));
  IF what_goes_out IS NULL THEN
    RETURN false;
  END IF;
  -- The first access of the series waited for the disk (decision 0020).
  PERFORM set_config('synchronous_commit', 'off', true);
  INSERT INTO audit_access (log_id, actor, role, code, what, case_id, task_id, study, series, instance, frames, request)
  VALUES (of_log, of_actor, of_role, of_code, what_goes_out, of_case, of_task, of_study, of_series, of_instance,
    ARRAY[of_frame], of_request);
  RETURN true;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0008_issues_and_attestations")]
    operations = [
        migrations.AddField("worker", "ahead", models.UUIDField(null=True)),
        migrations.AddField("worker", "ahead_until", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "worker",
            models.Index(fields=["ahead"], condition=models.Q(ahead__isnull=False), name="worker_ahead"),
        ),
        migrations.AddConstraint(
            "worker",
            models.CheckConstraint(
                condition=models.Q(ahead__isnull=True, ahead_until__isnull=True)
                | models.Q(ahead__isnull=False, ahead_until__isnull=False),
                name="kept_ahead_until_a_time",
            ),
        ),
        *(migrations.RunSQL(sql) for sql in (CHOOSE, OFFER, KEPT_FOR, SEEN)),
    ]
