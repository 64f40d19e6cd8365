CREATE INDEX "deliveries_unsettled" ON "deliveries" USING btree ("workspace_id","id") WHERE "deliveries"."status" in ('claimed', 'unknown');
--> statement-breakpoint
CREATE POLICY owner_settles ON deliveries FOR SELECT TO throughline_owner USING (true);
--> statement-breakpoint
-- A page of the deliveries of every workspace whose fate nobody knows and nobody finds out: the enrollment
-- has ended, and no attempt has claimed them for quiet_ms. After asked_for_ms they are left as they are.
CREATE FUNCTION throughline.orphaned_deliveries(
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
    AND e.ended_at IS NOT NULL
    AND (d.workspace_id, d.id) > (after_workspace, after_id)
  ORDER BY d.workspace_id, d.id
  LIMIT max_rows
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION
  throughline.orphaned_deliveries(uuid, uuid, text, double precision, double precision, integer)
FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION
  throughline.orphaned_deliveries(uuid, uuid, text, double precision, double precision, integer)
TO throughline_relay;
