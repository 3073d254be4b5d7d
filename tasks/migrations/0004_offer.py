"""What the claim asks of the database: one function that chooses and locks the next task for a person.

It looks in pools (tasks that ask the same of whoever takes them), each in its order of rank and ring, from the place
to which this person has come: so that neither the length of the queue nor what they did of it costs them anything.
"""

from django.db import migrations

# A person plays one part in a round, and never judges what they read. A part let go may be taken up again.
# Said once more in tasks/queues.py, for counting; a test holds them equal.
NO_PART = """NOT EXISTS (
  SELECT 1 FROM workflow_part p WHERE p.case_id = t.case_id AND p.member_id = me AND (
    p.outcome = 'skipped'
    OR (p.round = t.round AND NOT (p.kind = t.part_kind
        AND (p.outcome IN ('released', 'lapsed') OR (p.outcome = 'withdrawn' AND p.slot = t.part_slot)
             OR (p.kind = 'reviewer' AND t.part_slot = 0))))
    OR (p.kind = 'reader' AND t.kind IN ('review', 'arbitrate'))
    OR (p.round < t.round AND t.kind = 'annotate' AND fresh)))"""
# Excluding held cases here and not by a join keeps the scan in the index's order.
FOR_ME = f"""{NO_PART} AND NOT (SELECT c.held FROM workflow_case c WHERE c.id = t.case_id)"""
# What was opened as usual has a rank of its own hour; what entered with an older one is found by when it entered.
DISPLACED = """(t.rank AT TIME ZONE 'UTC') < (t.entered_at AT TIME ZONE 'UTC') - interval '2 hours'"""

TABLES = f"""
CREATE INDEX task_displaced ON tasks_task (pool_id, entered_at)
  WHERE status = 'open' AND {DISPLACED.replace("t.", "")};
GRANT SELECT, INSERT ON tasks_pool TO consilium_app;
GRANT SELECT, INSERT, UPDATE ON tasks_worker TO consilium_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tasks_place TO consilium_app;
GRANT USAGE ON SEQUENCE tasks_place_id_seq TO consilium_app;
GRANT SELECT ON tasks_pool, tasks_worker TO consilium_auditor;
"""

POOLS = r"""
CREATE FUNCTION tasks_task_pool() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  p record;
BEGIN
  SELECT c.project_id, NEW.kind AS kind, r.guideline_id, coalesce(c.strata ->> 'site', '') AS site, c.needs,
         r.readers = 'new_readers' AS new_readers INTO p
    FROM workflow_case c JOIN workflow_caseround r ON r.case_id = c.id AND r.number = NEW.round
    WHERE c.id = NEW.case_id;
  NEW.ring := ('x' || left(NEW.case_id::text, 4))::bit(16)::int % 32768;
  IF p.project_id IS NULL THEN
    RETURN NEW; -- of no round: refused at COMMIT
  END IF;
  LOOP
    SELECT o.id INTO NEW.pool_id FROM tasks_pool o
      WHERE (o.project_id, o.kind, o.guideline_id, o.site, o.needs, o.new_readers)
            = (p.project_id, p.kind, p.guideline_id, p.site, p.needs, p.new_readers);
    EXIT WHEN FOUND;
    INSERT INTO tasks_pool (id, project_id, kind, guideline_id, site, needs, new_readers)
      VALUES (gen_random_uuid(), p.project_id, p.kind, p.guideline_id, p.site, p.needs, p.new_readers)
      ON CONFLICT DO NOTHING;
  END LOOP;
  RETURN NEW;
END $$;
CREATE TRIGGER b_pool BEFORE INSERT ON tasks_task FOR EACH ROW WHEN (NEW.pool_id IS NULL)
  EXECUTE FUNCTION tasks_task_pool();
ALTER TABLE tasks_task ENABLE ALWAYS TRIGGER b_pool;
"""

# Tasks opened before there were pools find theirs; finished ones need none.
FILLED = """
INSERT INTO tasks_pool (id, project_id, kind, guideline_id, site, needs, new_readers)
  SELECT gen_random_uuid(), k.* FROM (
    SELECT DISTINCT c.project_id, t.kind, r.guideline_id, coalesce(c.strata ->> 'site', ''), c.needs,
           r.readers = 'new_readers'
    FROM tasks_task t JOIN workflow_case c ON c.id = t.case_id
    JOIN workflow_caseround r ON r.case_id = t.case_id AND r.number = t.round
    WHERE t.status IN ('open', 'reserved', 'leased')) AS k;
UPDATE tasks_task t SET pool_id = o.id, entered_at = t.opened_at,
    ring = ('x' || left(t.case_id::text, 4))::bit(16)::int % 32768
  FROM workflow_case c, workflow_caseround r, tasks_pool o
  WHERE t.status IN ('open', 'reserved', 'leased') AND c.id = t.case_id
    AND (r.case_id, r.number) = (t.case_id, t.round)
    AND (o.project_id, o.kind, o.guideline_id, o.site, o.needs, o.new_readers)
        = (c.project_id, t.kind, r.guideline_id, coalesce(c.strata ->> 'site', ''), c.needs, r.readers = 'new_readers');
"""

AHEAD = f"""
-- The first tasks of a pool that are for this person, from a place on: rank by rank, each once around the ring.
CREATE FUNCTION tasks_ahead(of_pool uuid, fresh boolean, me uuid, start_at int, many int, at_rank timestamptz, gone int)
  RETURNS TABLE (task uuid, of_case uuid, rank timestamptz, far int, slot smallint) LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  here timestamptz := at_rank; done int := gone; left_over int := many; got int;
BEGIN
  LOOP
    IF here IS NOT NULL THEN
      RETURN QUERY
        SELECT * FROM (
          (SELECT t.id, t.case_id, t.rank, t.ring - start_at, t.slot FROM tasks_task t
            WHERE t.pool_id = of_pool AND t.status = 'open' AND t.rank = here AND t.ring >= start_at + done
              AND {FOR_ME} ORDER BY t.ring, t.slot, t.id LIMIT left_over)
          UNION ALL
          (SELECT t.id, t.case_id, t.rank, t.ring - start_at + 32768, t.slot FROM tasks_task t
            WHERE t.pool_id = of_pool AND t.status = 'open' AND t.rank = here AND t.ring < start_at
              AND t.ring >= start_at + done - 32768
              AND {FOR_ME} ORDER BY t.ring, t.slot, t.id LIMIT left_over)) AS around LIMIT left_over;
      GET DIAGNOSTICS got = ROW_COUNT;
      left_over := left_over - got;
      EXIT WHEN left_over <= 0;
    END IF;
    SELECT t.rank INTO here FROM tasks_task t
      WHERE t.pool_id = of_pool AND t.status = 'open' AND t.rank > coalesce(here, '-infinity') AND {FOR_ME}
      ORDER BY t.rank, t.ring, t.slot, t.id LIMIT 1;
    EXIT WHEN NOT FOUND;
    done := 0;
  END LOOP;
END $$;

-- Everything of a pool that this person might take next: overdue, ahead of their place, entered behind it, let go.
-- In PL/pgSQL, as that keeps its plans.
CREATE FUNCTION tasks_candidates(of_pool uuid, fresh boolean, me uuid, start_at int, many int,
    at_rank timestamptz, gone int, since timestamptz)
  RETURNS TABLE (task uuid, of_case uuid, late timestamptz, rank timestamptz, far int, slot smallint)
  LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- Of what is overdue the first 200 are looked at, so that a backlog costs no more than that.
  RETURN QUERY SELECT t.id, t.case_id, t.due_at, t.rank, (t.ring - start_at + 32768) % 32768, t.slot
    FROM (SELECT o.* FROM tasks_task o WHERE o.pool_id = of_pool AND o.status = 'open' AND o.due_at IS NOT NULL
          AND o.due_at < clock_timestamp() ORDER BY o.due_at LIMIT 200) AS t
    WHERE {FOR_ME} ORDER BY t.due_at, t.slot, t.id LIMIT many;
  RETURN QUERY SELECT a.task, a.of_case, NULL::timestamptz, a.rank, a.far, a.slot
    FROM tasks_ahead(of_pool, fresh, me, start_at, many, at_rank, gone) AS a;
  IF since IS NOT NULL THEN
    RETURN QUERY
      WITH entered AS MATERIALIZED (SELECT * FROM tasks_task t
        WHERE t.pool_id = of_pool AND t.status = 'open' AND {DISPLACED}
          AND t.entered_at > since - interval '5 minutes')
      SELECT t.id, t.case_id, NULL::timestamptz, t.rank, (t.ring - start_at + 32768) % 32768, t.slot
      FROM entered t WHERE t.rank <= at_rank AND {FOR_ME}
      ORDER BY t.rank, t.ring, t.slot, t.id LIMIT many;
  END IF;
  RETURN QUERY SELECT t.id, t.case_id, NULL::timestamptz, t.rank, (t.ring - start_at + 32768) % 32768, t.slot
    FROM tasks_task t
    WHERE t.pool_id = of_pool AND t.status = 'leased' AND NOT t.bound AND t.lease_until < clock_timestamp()
      AND {FOR_ME} ORDER BY t.rank, t.ring, t.slot, t.id LIMIT many;
  RETURN QUERY SELECT t.id, t.case_id, NULL::timestamptz, t.rank, (t.ring - start_at + 32768) % 32768, t.slot
    FROM tasks_task t
    WHERE t.pool_id = of_pool AND t.status = 'reserved' AND NOT t.bound AND t.start_by IS NOT NULL
      AND t.start_by < clock_timestamp() AND {FOR_ME} ORDER BY t.rank, t.ring, t.slot, t.id LIMIT many;
END $$;
"""

# Whether a pool is for somebody: what they are qualified for, where they have a conflict, what they acknowledged.
MAY_POOL = """o.project_id = of_project AND o.kind = ANY(wanted) AND o.needs::text[] <@ tags AND o.site <> ALL(conflicts)
      AND EXISTS (SELECT 1 FROM workflow_acknowledgement k WHERE k.member_id = me AND k.guideline_id = o.guideline_id)"""

OFFER = f"""
-- Keep how far this person has come in each pool. What was opened less than two hours ago may still get company
-- before it, so nobody's place goes beyond that.
CREATE FUNCTION tasks_keep_places(of_project uuid, me uuid, wanted text[], tags text[], conflicts text[], start_at int)
  RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  one record; first record; fresh boolean; behind timestamptz; new_rank timestamptz; new_gone int; new_since timestamptz;
  bound timestamptz := date_trunc('hour', clock_timestamp() - interval '2 hours 5 minutes');
BEGIN
  FOR one IN
    SELECT o.id, o.new_readers, l.rank, l.gone, l.since FROM tasks_pool o
    LEFT JOIN tasks_place l ON l.pool_id = o.id AND l.member_id = me
    WHERE {MAY_POOL} AND EXISTS (SELECT 1 FROM tasks_task t WHERE t.pool_id = o.id AND t.status = 'open')
  LOOP
    fresh := one.new_readers;
    SELECT f.rank, f.far INTO first FROM tasks_ahead(one.id, fresh, me, start_at, 1, one.rank, one.gone) AS f;
    new_rank := least(first.rank, bound);
    new_gone := CASE WHEN first.rank < bound THEN first.far ELSE 0 END;
    new_since := clock_timestamp();
    IF one.since IS NOT NULL THEN
      -- Materialized, as the order of ranks would be walked from its beginning for what is hardly ever there.
      WITH entered AS MATERIALIZED (SELECT * FROM tasks_task t
          WHERE t.pool_id = one.id AND t.status = 'open' AND {DISPLACED}
            AND t.entered_at > one.since - interval '5 minutes')
      SELECT min(t.rank) INTO behind FROM entered t WHERE t.rank <= new_rank AND {FOR_ME};
      -- What entered behind the place and waits for this person must go on being seen: one by one, or, where much did
      -- (priorities set in bulk), by going back to it.
      IF behind IS NOT NULL AND (SELECT count(*) FROM (
          SELECT 1 FROM tasks_task t WHERE t.pool_id = one.id AND t.status = 'open' AND {DISPLACED}
            AND t.entered_at > one.since - interval '5 minutes' LIMIT 1001) AS found) > 1000 THEN
        new_rank := behind;
        new_gone := 0;
      ELSIF behind IS NOT NULL THEN
        new_since := one.since;
      END IF;
    END IF;
    INSERT INTO tasks_place (member_id, pool_id, rank, gone, since) VALUES (me, one.id, new_rank, new_gone, new_since)
      ON CONFLICT (member_id, pool_id) DO UPDATE
        SET rank = EXCLUDED.rank, gone = EXCLUDED.gone, since = EXCLUDED.since;
    behind := NULL;
  END LOOP;
END $$;

-- The next task for a person: theirs first, then the best of the pools, locked with its case. `how`:
-- live (in their hands already), own (reserved for them), pool, busy (wait for `of_case` and ask again), none, or what
-- keeps all new work from them: no_credential, untrained, capped (today), rest (until `rest_until`), share.
CREATE FUNCTION tasks_offer(of_project uuid, me uuid, of_user uuid, wanted text[], conflicts text[], start_at int,
    credentials_on date, training text[], today date, day_cap int, session interval, rest interval, share_cap int,
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
    ORDER BY t.returned DESC, t.rank, t.slot, t.id LIMIT 1;
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
  IF how NOT IN ('own', 'pool') THEN
    RETURN;
  END IF;
  UPDATE tasks_worker k SET claims = k.claims + 1, last_task = task, day = today,
      day_claims = CASE WHEN k.day = today THEN k.day_claims ELSE 0 END + 1,
      session_started_at = CASE WHEN fresh_session THEN clock_timestamp() ELSE k.session_started_at END,
      session_claims = CASE WHEN fresh_session THEN 0 ELSE k.session_claims END + 1
    WHERE k.member_id = me RETURNING k.session_claims INTO place_in_session;
END $$;
"""

CHOOSE = f"""
-- The choice itself, for somebody who may begin something new.
CREATE FUNCTION tasks_choose(of_project uuid, me uuid, wanted text[], tags text[], conflicts text[], start_at int,
    claims int, share_cap int, OUT how text, OUT task uuid, OUT of_case uuid)
  LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  c record; many int; blocked uuid; seen int;
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
  -- Few candidates are enough, unless others have just locked them.
  FOREACH many IN ARRAY ARRAY[4, 64, 1024] LOOP
    seen := 0;
    FOR c IN
      SELECT f.* FROM tasks_pool o
        LEFT JOIN tasks_place l ON l.pool_id = o.id AND l.member_id = me
        CROSS JOIN LATERAL tasks_candidates(o.id, o.new_readers, me, start_at, many, l.rank, l.gone, l.since) AS f
      WHERE {MAY_POOL}
      ORDER BY f.late, f.rank, f.far, f.slot, f.task
    LOOP
      seen := seen + 1;
      SELECT t.id, t.case_id INTO task, of_case FROM workflow_case k JOIN tasks_task t ON t.case_id = k.id
        WHERE t.id = c.task AND NOT k.held AND (t.status = 'open'
          OR (t.status = 'leased' AND NOT t.bound AND t.lease_until < clock_timestamp())
          OR (t.status = 'reserved' AND NOT t.bound AND t.start_by < clock_timestamp()))
        FOR UPDATE OF k, t SKIP LOCKED;
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
  how := CASE WHEN blocked IS NULL THEN 'none' ELSE 'busy' END;
  task := NULL;
  of_case := blocked;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0003_pools")]
    operations = [migrations.RunSQL(sql) for sql in (TABLES, POOLS, FILLED, AHEAD, OFFER, CHOOSE)]
