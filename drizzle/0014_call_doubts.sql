ALTER TABLE "effects" ADD COLUMN "resolution" text;
--> statement-breakpoint
CREATE POLICY owner_settles ON steps FOR SELECT TO throughline_owner USING (true);
--> statement-breakpoint
-- A page of the deliveries of every workspace whose fate nobody knows and nobody finds out, because no attempt
-- has claimed them for quiet_ms: the enrollment or the visit has ended; or the visit waits for proof, which it
-- does a quarter of an hour after the claim. After asked_for_ms they are left as they are.
CREATE OR REPLACE FUNCTION throughline.orphaned_deliveries(
  after_workspace uuid, after_id uuid, wanted_provider text,
  quiet_ms double precision, asked_for_ms double precision, max_rows integer)
RETURNS TABLE (workspace_id uuid, id uuid, effect_key text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  SET enable_seqscan = off SET enable_sort = off AS $$
  SELECT d.workspace_id, d.id, d.effect_key
  FROM public.deliveries d
  JOIN public.enrollments e ON e.workspace_id = d.workspace_id AND e.id = d.enrollment_id
  WHERE d.status IN ('claimed', 'unknown') AND d.provider = wanted_provider
    AND d.claimed_at < clock_timestamp() - quiet_ms * interval '1 millisecond'
    AND (d.status = 'claimed' OR d.claimed_at > clock_timestamp() - asked_for_ms * interval '1 millisecond')
    AND (e.ended_at IS NOT NULL
      OR (d.status = 'unknown' AND d.claimed_at < clock_timestamp() - interval '16 minutes')
      OR EXISTS (
        SELECT FROM public.steps s
        WHERE s.workspace_id = d.workspace_id AND s.enrollment_id = d.enrollment_id
          AND s.node_id = d.node_id AND s.visit = d.visit AND s.ended_at IS NOT NULL))
    AND (d.workspace_id, d.id) > (after_workspace, after_id)
  ORDER BY d.workspace_id, d.id
  LIMIT max_rows
$$;
--> statement-breakpoint
-- A page of the calls of every workspace that somebody claimed and nobody will record: the enrollment or the
-- visit has ended, and the claim is older than quiet_ms.
CREATE OR REPLACE FUNCTION throughline.abandoned_calls(
  after_workspace uuid, after_key text, quiet_ms double precision, max_rows integer)
RETURNS TABLE (workspace_id uuid, effect_key text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  SET enable_seqscan = off SET enable_sort = off AS $$
  SELECT f.workspace_id, f.effect_key
  FROM public.effects f
  JOIN public.enrollments e ON e.workspace_id = f.workspace_id AND e.id = f.enrollment_id
  WHERE f.status = 'claimed'
    AND f.claimed_at < clock_timestamp() - quiet_ms * interval '1 millisecond'
    AND (e.ended_at IS NOT NULL OR EXISTS (
      SELECT FROM public.steps s
      WHERE s.workspace_id = f.workspace_id AND s.enrollment_id = f.enrollment_id
        AND s.node_id = f.node_id AND s.visit = f.visit AND s.ended_at IS NOT NULL))
    AND (f.workspace_id, f.effect_key) > (after_workspace, after_key)
  ORDER BY f.workspace_id, f.effect_key
  LIMIT max_rows
$$;
