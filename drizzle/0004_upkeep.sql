-- Work that is due now and then, done by one process at a time however many there are. It belongs to
-- the installation, not to a workspace, so it lies outside the tables that row-level security protects
-- and is reached through these functions only.
CREATE TABLE throughline.chores (
  name text PRIMARY KEY,
  due_at timestamptz NOT NULL,
  progress jsonb
);
--> statement-breakpoint
-- Takes a chore that is due, for lease_ms: a process that dies with it gives it up when the lease ends.
-- Otherwise says in how many milliseconds it will be due.
CREATE FUNCTION throughline.claim_chore(chore text, lease_ms double precision)
RETURNS TABLE (claimed boolean, due_in_ms double precision, progress jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    INSERT INTO throughline.chores AS c (name, due_at)
    VALUES (chore, clock_timestamp() + lease_ms * interval '1 millisecond')
    ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at WHERE c.due_at <= clock_timestamp()
    RETURNING true, 0::double precision, c.progress;
  IF NOT FOUND THEN
    RETURN QUERY
      SELECT false,
        greatest(0, extract(epoch FROM c.due_at - clock_timestamp()) * 1000)::double precision,
        NULL::jsonb
      FROM throughline.chores c WHERE c.name = chore;
  END IF;
END $$;
--> statement-breakpoint
CREATE FUNCTION throughline.finish_chore(chore text, due_in_ms double precision, new_progress jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE throughline.chores
  SET due_at = clock_timestamp() + due_in_ms * interval '1 millisecond', progress = new_progress
  WHERE name = chore
$$;
--> statement-breakpoint
CREATE POLICY owner_compares ON enrollments FOR SELECT TO throughline_owner USING (true);
--> statement-breakpoint
-- A page of the open enrollments of every workspace, behind the given one.
CREATE FUNCTION throughline.open_enrollments(
  after_workspace uuid, after_id uuid, started_before timestamptz, max_rows integer)
RETURNS TABLE (workspace_id uuid, id uuid, temporal_workflow_id text, temporal_run_id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  SET enable_seqscan = off SET enable_sort = off AS $$
  SELECT e.workspace_id, e.id, e.temporal_workflow_id, e.temporal_run_id
  FROM public.enrollments e
  WHERE e.ended_at IS NULL AND e.started_at < started_before
    AND (e.workspace_id, e.id) > (after_workspace, after_id)
  ORDER BY e.workspace_id, e.id
  LIMIT max_rows
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION
  throughline.claim_chore(text, double precision),
  throughline.finish_chore(text, double precision, jsonb),
  throughline.open_enrollments(uuid, uuid, timestamptz, integer)
FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION
  throughline.claim_chore(text, double precision),
  throughline.finish_chore(text, double precision, jsonb),
  throughline.open_enrollments(uuid, uuid, timestamptz, integer)
TO throughline_relay;
