-- What crosses workspaces: functions of the owner with a fixed search_path, each granted to the one
-- role that needs it. Names are qualified, so that no caller's schema can put a table in their place.
CREATE FUNCTION throughline.find_api_keys(presented_prefix text)
RETURNS TABLE (workspace_id uuid, key_id uuid, secret_hash text, scopes text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.workspace_id, k.id, k.secret_hash, k.scopes
  FROM public.api_keys k
  WHERE k.prefix = presented_prefix AND k.revoked_at IS NULL
$$;
--> statement-breakpoint
-- Claims up to max_rows due rows until now + lease_ms. Workspaces take turns: each gets an equal share
-- per round, in random order, so that a backlog of one delays no other. Rows that another claimant
-- holds at this moment are skipped, never waited for. A lane of null means live, then bulk.
-- Scans of the table are off: a plan made while the table was empty is kept, and would read all of a
-- backlog for every workspace.
CREATE FUNCTION throughline.claim_outbox(max_rows integer, lease_ms double precision, wanted_lane text)
RETURNS SETOF public.outbox
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  SET enable_seqscan = off SET enable_bitmapscan = off AS $$
#variable_conflict use_column
DECLARE
  due timestamptz := clock_timestamp();
  lease timestamptz := due + lease_ms * interval '1 millisecond';
  remaining integer := max_rows;
  current_lane text;
  workspaces uuid[];
  workspace uuid;
  share integer;
  taken integer;
  taken_in_round integer;
BEGIN
  -- Leases that ran out are given up first. MATERIALIZED, because a LIMIT with row locks must run once.
  WITH expired AS MATERIALIZED (
    SELECT o.workspace_id, o.id FROM public.outbox o
    WHERE o.claimed_until < due ORDER BY o.claimed_until LIMIT max_rows FOR UPDATE SKIP LOCKED
  )
  UPDATE public.outbox o SET claimed_until = NULL
  FROM expired e WHERE o.workspace_id = e.workspace_id AND o.id = e.id;

  FOREACH current_lane IN ARRAY CASE WHEN wanted_lane IS NULL THEN ARRAY['live', 'bulk'] ELSE ARRAY[wanted_lane] END LOOP
    LOOP
      EXIT WHEN remaining <= 0;
      -- One probe of the index per workspace with due rows, however many rows it has.
      WITH RECURSIVE waiting AS (
        (SELECT o.workspace_id FROM public.outbox o
         WHERE o.lane = current_lane AND o.claimed_until IS NULL AND o.available_at <= due
         ORDER BY o.workspace_id LIMIT 1)
        UNION ALL
        SELECT (SELECT o.workspace_id FROM public.outbox o
                WHERE o.lane = current_lane AND o.claimed_until IS NULL AND o.available_at <= due
                  AND o.workspace_id > w.workspace_id
                ORDER BY o.workspace_id LIMIT 1)
        FROM waiting w WHERE w.workspace_id IS NOT NULL
      )
      SELECT array_agg(w.workspace_id ORDER BY random()) INTO workspaces
      FROM waiting w WHERE w.workspace_id IS NOT NULL;
      EXIT WHEN workspaces IS NULL;

      share := greatest(1, remaining / cardinality(workspaces));
      taken_in_round := 0;
      FOREACH workspace IN ARRAY workspaces LOOP
        EXIT WHEN remaining <= 0;
        RETURN QUERY
        WITH picked AS MATERIALIZED (
          SELECT o.id FROM public.outbox o
          WHERE o.lane = current_lane AND o.workspace_id = workspace
            AND o.claimed_until IS NULL AND o.available_at <= due
          ORDER BY o.available_at, o.sequence LIMIT least(share, remaining) FOR UPDATE SKIP LOCKED
        )
        UPDATE public.outbox o SET claimed_until = lease, attempts = o.attempts + 1
        FROM picked p WHERE o.workspace_id = workspace AND o.id = p.id
        RETURNING o.*;
        GET DIAGNOSTICS taken = ROW_COUNT;
        remaining := remaining - taken;
        taken_in_round := taken_in_round + taken;
      END LOOP;
      EXIT WHEN taken_in_round = 0;
    END LOOP;
  END LOOP;
END $$;
--> statement-breakpoint
-- Deletes claimed rows. `attempts` is the fencing number: who lost the lease deletes nothing.
CREATE FUNCTION throughline.complete_outbox(claims jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
  DELETE FROM public.outbox o
  USING jsonb_to_recordset(claims) AS c(workspace_id uuid, id uuid, attempts integer)
  WHERE o.workspace_id = c.workspace_id AND o.id = c.id AND o.attempts = c.attempts
$$;
--> statement-breakpoint
CREATE FUNCTION throughline.retry_outbox(claim jsonb, delay_ms double precision, error text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
  UPDATE public.outbox o
  SET claimed_until = NULL,
      available_at = clock_timestamp() + delay_ms * interval '1 millisecond',
      last_error = left(error, 500)
  FROM jsonb_to_record(claim) AS c(workspace_id uuid, id uuid, attempts integer)
  WHERE o.workspace_id = c.workspace_id AND o.id = c.id AND o.attempts = c.attempts
$$;
--> statement-breakpoint
-- To be called now and then: makes the partitions of this month and the next three, and forgets event
-- ids after 30 days and idempotency keys after 24 hours. The lock timeout keeps a new partition
-- from queueing behind a long transaction, with everybody else behind it; the next call tries again.
CREATE FUNCTION throughline.maintain() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
BEGIN
  PERFORM throughline.ensure_event_partition(
    (date_trunc('month', now() AT TIME ZONE 'UTC') + ahead * interval '1 month')::date)
  FROM generate_series(0, 3) AS ahead;
  DELETE FROM public.event_ids WHERE received_at < now() - interval '30 days';
  DELETE FROM public.idempotency_keys WHERE started_at < now() - interval '24 hours';
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA throughline FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION throughline.find_api_keys(text) TO throughline_app;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION
  throughline.claim_outbox(integer, double precision, text),
  throughline.complete_outbox(jsonb),
  throughline.retry_outbox(jsonb, double precision, text),
  throughline.maintain()
TO throughline_relay;
