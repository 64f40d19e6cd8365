CREATE TABLE "stuck_enrollments" (
	"workspace_id" uuid DEFAULT nullif(current_setting('throughline.workspace', true), '')::uuid NOT NULL,
	"enrollment_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"found_at" timestamp (3) with time zone NOT NULL,
	"rung_at" timestamp (3) with time zone,
	CONSTRAINT "stuck_enrollments_workspace_id_enrollment_id_pk" PRIMARY KEY("workspace_id","enrollment_id")
);
--> statement-breakpoint
ALTER TABLE "enrollments" ADD COLUMN "forgotten_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "stuck_enrollments" ADD CONSTRAINT "stuck_enrollments_workspace_id_enrollment_id_enrollments_workspace_id_id_fk" FOREIGN KEY ("workspace_id","enrollment_id") REFERENCES "public"."enrollments"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "enrollments_to_forget" ON "enrollments" USING btree ("ended_at") WHERE "enrollments"."ended_at" is not null and "enrollments"."forgotten_at" is null;
--> statement-breakpoint
SELECT throughline.protect('public.stuck_enrollments'::regclass);
--> statement-breakpoint
-- Whoever looks finds them; only the owner's functions note them.
GRANT SELECT ON stuck_enrollments TO throughline_app;
--> statement-breakpoint
CREATE POLICY owner_finds ON stuck_enrollments TO throughline_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY owner_counts ON jobs FOR SELECT TO throughline_owner USING (true);
--> statement-breakpoint
CREATE POLICY owner_goes_round ON workspaces FOR SELECT TO throughline_owner USING (true);
--> statement-breakpoint
CREATE POLICY owner_looks_back ON events FOR SELECT TO throughline_owner USING (true);
--> statement-breakpoint
-- Why an open enrollment should have moved on quiet_ms ago; null where nothing is wrong with it. Who stands still
-- by order is not stuck. The row knows one wait: of somebody on several paths it may be another's that is over, so
-- her waits are not judged. An effect has a reason to be open while a claim is as young as an attempt lasts (ten
-- minutes), a failed one may be tried again (after a day at most), or a message waits for proof.
CREATE FUNCTION throughline.why_stuck(e public.enrollments, quiet_ms double precision) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  since timestamptz := clock_timestamp() - quiet_ms * interval '1 millisecond';
  open_steps integer;
  latest_end timestamptz;
  step_is_stuck boolean;
BEGIN
  IF e.ended_at IS NOT NULL OR e.status = 'paused' OR e.started_at >= since THEN
    RETURN NULL;
  END IF;
  IF e.temporal_run_id IS NULL THEN
    RETURN 'not_started';
  END IF;
  IF e.status = 'waiting' AND e.wait_until >= since AND cardinality(e.current_node_ids) = 1 THEN
    RETURN NULL;
  END IF;
  SELECT count(*) FILTER (WHERE s.ended_at IS NULL), max(s.ended_at),
    coalesce(bool_or(CASE
      WHEN s.ended_at IS NOT NULL OR s.started_at >= since THEN false
      WHEN s.status = 'running' THEN true
      WHEN s.node_type NOT IN ('send_email', 'send_notification', 'webhook', 'http_request',
        'call_workflow', 'enroll_in_workflow', 'remove_from_workflow') THEN false
      ELSE NOT EXISTS (
        SELECT FROM public.deliveries d
        WHERE d.workspace_id = e.workspace_id
          AND d.effect_key = e.id::text || ':' || s.node_id || ':' || s.visit
          AND (d.status = 'unknown' OR d.deferred_until >= since
            OR d.claimed_at >= since - CASE d.status WHEN 'failed' THEN interval '1 day' ELSE interval '10 minutes' END)
      ) AND NOT EXISTS (
        SELECT FROM public.effects f
        WHERE f.workspace_id = e.workspace_id
          AND f.effect_key = e.id::text || ':' || s.node_id || ':' || s.visit
          AND ((f.kind = 'call_workflow' AND f.status = 'done')
            OR f.claimed_at >= since - CASE WHEN f.status IN ('failed', 'unknown') THEN interval '1 day'
              ELSE interval '10 minutes' END)
      )
    END), false)
  INTO open_steps, latest_end, step_is_stuck
  FROM public.steps s
  WHERE s.workspace_id = e.workspace_id AND s.enrollment_id = e.id;
  IF open_steps = 0 THEN
    RETURN CASE WHEN latest_end IS NULL OR latest_end < since THEN 'no_step' END;
  END IF;
  IF step_is_stuck THEN
    RETURN 'step_open';
  END IF;
  IF e.wait_until < since AND open_steps = 1 AND cardinality(e.current_node_ids) = 1 THEN
    RETURN 'wait_over';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Judges a page of the open enrollments of every workspace, behind the given one: notes who is stuck and takes off
-- who has moved on. Who is noted for the first time, for another reason, or again after ring_again_ms, is rung
-- through the outbox, unless nobody has started her, or the relay is behind: an outage makes many stuck, and bells
-- that nobody can ring would pile up. Answers whom it has noted, and the last of the page, with the page's size.
CREATE FUNCTION throughline.note_stuck(
  after_workspace uuid, after_id uuid, quiet_ms double precision, ring_again_ms double precision, max_rows integer)
RETURNS TABLE (workspace_id uuid, id uuid, reason text, noted boolean, is_new boolean, page_size integer)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  SET enable_seqscan = off SET enable_sort = off AS $$
  WITH page AS MATERIALIZED (
    SELECT e.workspace_id, e.id, throughline.why_stuck(e, quiet_ms) AS reason
    FROM public.enrollments e
    WHERE e.ended_at IS NULL AND (e.workspace_id, e.id) > (after_workspace, after_id)
    ORDER BY e.workspace_id, e.id
    LIMIT max_rows
  ), relay AS MATERIALIZED (
    SELECT count(*) >= 1000 AS is_behind FROM (SELECT FROM public.outbox LIMIT 1000) waiting
  ), moved_on AS (
    DELETE FROM public.stuck_enrollments s USING page p
    WHERE s.workspace_id = p.workspace_id AND s.enrollment_id = p.id AND p.reason IS NULL
  ), noted AS (
    INSERT INTO public.stuck_enrollments AS s (workspace_id, enrollment_id, reason, found_at, rung_at)
    SELECT p.workspace_id, p.id, p.reason, clock_timestamp(),
      CASE WHEN p.reason <> 'not_started' AND NOT (SELECT r.is_behind FROM relay r) THEN clock_timestamp() END
    FROM page p WHERE p.reason IS NOT NULL
    ON CONFLICT (workspace_id, enrollment_id) DO UPDATE SET reason = excluded.reason, rung_at = excluded.rung_at
      WHERE s.reason <> excluded.reason
        OR (excluded.rung_at IS NOT NULL
          AND coalesce(s.rung_at, s.found_at) < clock_timestamp() - ring_again_ms * interval '1 millisecond')
    RETURNING s.workspace_id, s.enrollment_id, s.rung_at, s.xmax = 0 AS is_new
  ), rung AS (
    INSERT INTO public.outbox (workspace_id, id, kind, lane, payload)
    SELECT n.workspace_id, gen_random_uuid(), 'bell', 'bulk', jsonb_build_object('enrollmentId', n.enrollment_id)
    FROM noted n WHERE n.rung_at IS NOT NULL
  )
  SELECT p.workspace_id, p.id, p.reason, n.enrollment_id IS NOT NULL, coalesce(n.is_new, false),
    (SELECT count(*) FROM page)::integer
  FROM page p
  LEFT JOIN noted n ON n.workspace_id = p.workspace_id AND n.enrollment_id = p.id
  WHERE n.enrollment_id IS NOT NULL
    OR (p.workspace_id, p.id) = (SELECT l.workspace_id, l.id FROM page l ORDER BY l.workspace_id DESC, l.id DESC LIMIT 1)
  ORDER BY p.workspace_id, p.id
$$;
--> statement-breakpoint
-- Takes those off who have ended meanwhile, whom no page of open enrollments has.
CREATE FUNCTION throughline.settle_stuck() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM public.stuck_enrollments s USING public.enrollments e
  WHERE e.workspace_id = s.workspace_id AND e.id = s.enrollment_id AND e.ended_at IS NOT NULL
$$;
--> statement-breakpoint
-- Figures of the whole installation, for its metrics: numbers by kind, and nothing about anybody.
CREATE FUNCTION throughline.figures() RETURNS TABLE (figure text, label text, value double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT 'outbox_rows', o.lane, count(*)::double precision FROM public.outbox o GROUP BY o.lane
  UNION ALL
  SELECT 'outbox_oldest_seconds', o.lane,
    greatest(0, extract(epoch FROM clock_timestamp() - min(o.created_at)))::double precision
  FROM public.outbox o GROUP BY o.lane
  UNION ALL
  SELECT 'jobs', j.status, count(*)::double precision FROM public.jobs j
  WHERE j.status IN ('running', 'paused') GROUP BY j.status
  UNION ALL
  SELECT 'stuck', s.reason, count(*)::double precision FROM public.stuck_enrollments s GROUP BY s.reason
  UNION ALL
  SELECT 'messages_in_doubt', d.channel, count(*)::double precision FROM public.deliveries d
  WHERE d.status = 'unknown' GROUP BY d.channel
$$;
--> statement-breakpoint
-- Some of the enrollments of every workspace that ended before an instant and still have their details.
CREATE FUNCTION throughline.old_enrollments(before timestamptz, max_rows integer)
RETURNS TABLE (workspace_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
  SELECT e.workspace_id, e.id FROM public.enrollments e
  WHERE e.ended_at < before AND e.forgotten_at IS NULL
  ORDER BY e.ended_at
  LIMIT max_rows
$$;
--> statement-breakpoint
-- Some of the messages of every workspace that were last claimed before an instant, of enrollments that ended before
-- it or are gone. Ids are in the order of time: before_id is the first one that the instant may have.
CREATE FUNCTION throughline.old_deliveries(before timestamptz, before_id uuid, max_rows integer)
RETURNS TABLE (workspace_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
  SELECT w.workspace_id, old.id
  FROM public.workspaces w
  CROSS JOIN LATERAL (
    SELECT d.id FROM public.deliveries d
    WHERE d.workspace_id = w.workspace_id AND d.id < before_id AND d.claimed_at < before
      AND NOT EXISTS (
        SELECT FROM public.enrollments e
        WHERE e.workspace_id = d.workspace_id AND e.id = d.enrollment_id
          AND (e.ended_at IS NULL OR e.ended_at >= before))
    ORDER BY d.id
    LIMIT max_rows
  ) old
  LIMIT max_rows
$$;
--> statement-breakpoint
-- Drops the partitions of events whose month was over before an instant, but not one with an event that let
-- somebody in who is still under way: her templates may speak of it. Answers the names of those it dropped. The
-- lock timeout keeps it from queueing behind a long transaction, with everybody else behind it.
CREATE FUNCTION throughline.drop_old_events(before timestamptz) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
  part text;
  month_start timestamp;
  dropped text[] := '{}';
BEGIN
  FOR part IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'public.events'::regclass AND c.relname ~ '^events_\d{4}_\d{2}$'
    ORDER BY c.relname
  LOOP
    month_start := to_date(substr(part, 8), 'YYYY_MM');
    EXIT WHEN (month_start + interval '1 month') AT TIME ZONE 'UTC' > before;
    CONTINUE WHEN EXISTS (
      SELECT FROM public.enrollments e
      JOIN public.events v ON v.workspace_id = e.workspace_id AND v.id = e.trigger_event_id
      WHERE e.ended_at IS NULL
        AND v.received_at >= month_start AT TIME ZONE 'UTC'
        AND v.received_at < (month_start + interval '1 month') AT TIME ZONE 'UTC');
    EXECUTE format('DROP TABLE public.%I', part);
    dropped := dropped || part;
  END LOOP;
  RETURN dropped;
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION
  throughline.why_stuck(public.enrollments, double precision),
  throughline.note_stuck(uuid, uuid, double precision, double precision, integer),
  throughline.settle_stuck(),
  throughline.figures(),
  throughline.old_enrollments(timestamptz, integer),
  throughline.old_deliveries(timestamptz, uuid, integer),
  throughline.drop_old_events(timestamptz)
FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION
  throughline.note_stuck(uuid, uuid, double precision, double precision, integer),
  throughline.settle_stuck(),
  throughline.figures(),
  throughline.old_enrollments(timestamptz, integer),
  throughline.old_deliveries(timestamptz, uuid, integer),
  throughline.drop_old_events(timestamptz)
TO throughline_relay;
