-- Row-level security, the partitions of events, and grants. drizzle-kit writes none of these.
-- A migration that adds a table ends with throughline.protect('<table>') and its grants.
CREATE SCHEMA throughline;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public, throughline TO throughline_app, throughline_relay;
--> statement-breakpoint
-- Without a workspace the setting is null or, after a transaction that had one, empty: both match no row.
CREATE FUNCTION throughline.protect(target regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format(
    'CREATE POLICY workspace_isolation ON %s
       USING (workspace_id = nullif(current_setting(''throughline.workspace'', true), '''')::uuid)
       WITH CHECK (workspace_id = nullif(current_setting(''throughline.workspace'', true), '''')::uuid)',
    target);
END $$;
--> statement-breakpoint
CREATE TABLE events_default PARTITION OF events DEFAULT;
--> statement-breakpoint
DO $$
DECLARE target regclass;
BEGIN
  FOR target IN
    SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
  LOOP
    PERFORM throughline.protect(target);
  END LOOP;
END $$;
--> statement-breakpoint
-- What the owner's functions must see of every workspace; forced security binds the owner too.
CREATE POLICY owner_delivers ON outbox TO throughline_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY owner_looks_up ON api_keys FOR SELECT TO throughline_owner USING (true);
--> statement-breakpoint
CREATE POLICY owner_forgets ON event_ids TO throughline_owner USING (true);
--> statement-breakpoint
CREATE POLICY owner_forgets ON idempotency_keys TO throughline_owner USING (true);
--> statement-breakpoint
-- Makes the partition of one month (UTC) unless it exists. Rows of that month that were received
-- before and lie in the default partition move along. Attaching instead of CREATE … PARTITION OF
-- leaves readers and writers of the other partitions alone.
CREATE FUNCTION throughline.ensure_event_partition(month_start date) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  name text := 'events_' || to_char(month_start, 'YYYY_MM');
  lower_bound timestamptz := month_start::timestamp AT TIME ZONE 'UTC';
  upper_bound timestamptz := (month_start + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
  IF to_regclass('public.' || name) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE public.%I (LIKE public.events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
  ALTER TABLE public.events_default NO FORCE ROW LEVEL SECURITY;
  EXECUTE format(
    'WITH moved AS (DELETE FROM public.events_default WHERE received_at >= %L AND received_at < %L RETURNING *)
     INSERT INTO public.%I SELECT * FROM moved',
    lower_bound, upper_bound, name);
  ALTER TABLE public.events_default FORCE ROW LEVEL SECURITY;
  EXECUTE format('ALTER TABLE public.events ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
    name, lower_bound, upper_bound);
  PERFORM throughline.protect(format('public.%I', name)::regclass);
END $$;
--> statement-breakpoint
-- Partitions have no grants: rows are reached through the parent only.
GRANT SELECT, INSERT, UPDATE, DELETE ON
  contacts, lists, list_members, workflows, workflow_triggers, enrollments, steps, event_ids,
  deliveries, effects, outbox, commands, idempotency_keys
TO throughline_app, throughline_relay;
--> statement-breakpoint
-- Events and versions are immutable; a person's events may be erased, the audit log may not.
GRANT SELECT, INSERT, DELETE ON events TO throughline_app, throughline_relay;
--> statement-breakpoint
GRANT SELECT, INSERT ON workflow_versions, audit TO throughline_app, throughline_relay;
--> statement-breakpoint
GRANT SELECT, UPDATE ON workspaces TO throughline_app;
--> statement-breakpoint
GRANT SELECT ON workspaces TO throughline_relay;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON api_keys TO throughline_app;
--> statement-breakpoint
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO throughline_app, throughline_relay;
--> statement-breakpoint
-- Every claim writes a row twice: without this, dead rows would outnumber the live ones.
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 1000, fillfactor = 70);
