-- A plan made while the outbox was empty is kept, also when a hundred thousand rows lie there. Without scans of the
-- table it could still read all of an index, to join it with the few rows that were meant. So rows are named one by
-- one, or by an array, which leaves a look-up by the primary key as the only way.
CREATE OR REPLACE FUNCTION throughline.claim_outbox(max_rows integer, lease_ms double precision, wanted_lane text)
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
  expired record;
BEGIN
  -- Leases that ran out are given up first.
  FOR expired IN
    SELECT o.workspace_id, o.id FROM public.outbox o
    WHERE o.claimed_until < due ORDER BY o.claimed_until LIMIT max_rows FOR UPDATE SKIP LOCKED
  LOOP
    UPDATE public.outbox o SET claimed_until = NULL
    WHERE o.workspace_id = expired.workspace_id AND o.id = expired.id;
  END LOOP;

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
        -- MATERIALIZED, because a LIMIT with row locks must run once.
        WITH picked AS MATERIALIZED (
          SELECT o.id FROM public.outbox o
          WHERE o.lane = current_lane AND o.workspace_id = workspace
            AND o.claimed_until IS NULL AND o.available_at <= due
          ORDER BY o.available_at, o.sequence LIMIT least(share, remaining) FOR UPDATE SKIP LOCKED
        )
        UPDATE public.outbox o SET claimed_until = lease, attempts = o.attempts + 1
        WHERE o.workspace_id = workspace AND o.id = ANY (ARRAY(SELECT p.id FROM picked p))
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
CREATE OR REPLACE FUNCTION throughline.complete_outbox(claims jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  claim record;
BEGIN
  FOR claim IN
    SELECT c.workspace_id, c.id, c.attempts
    FROM jsonb_to_recordset(claims) AS c(workspace_id uuid, id uuid, attempts integer)
  LOOP
    DELETE FROM public.outbox o
    WHERE o.workspace_id = claim.workspace_id AND o.id = claim.id AND o.attempts = claim.attempts;
  END LOOP;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION throughline.retry_outbox(claim jsonb, delay_ms double precision, error text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
  UPDATE public.outbox o
  SET claimed_until = NULL,
      available_at = clock_timestamp() + delay_ms * interval '1 millisecond',
      last_error = left(error, 500)
  WHERE o.workspace_id = (claim ->> 'workspace_id')::uuid AND o.id = (claim ->> 'id')::uuid
    AND o.attempts = (claim ->> 'attempts')::integer;
END $$;
--> statement-breakpoint
-- Takes a row of the caller's workspace off the outbox, in the transaction that stores what follows from it. It runs
-- with the caller's rights and sees no other workspace. False when the lease has passed to another.
CREATE FUNCTION throughline.settle_outbox(row_id uuid, held_attempts integer) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
  SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
  DELETE FROM public.outbox o WHERE o.id = row_id AND o.attempts = held_attempts;
  RETURN FOUND;
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION throughline.settle_outbox(uuid, integer) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION throughline.settle_outbox(uuid, integer) TO throughline_app;
