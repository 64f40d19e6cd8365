CREATE INDEX "effects_claimed" ON "effects" USING btree ("workspace_id","effect_key") WHERE "effects"."status" = 'claimed';
--> statement-breakpoint
CREATE POLICY owner_settles ON effects FOR SELECT TO throughline_owner USING (true);
--> statement-breakpoint
-- A page of the calls of every workspace that somebody claimed and nobody will record: the enrollment has
-- ended, and the claim is older than quiet_ms.
CREATE FUNCTION throughline.abandoned_calls(
  after_workspace uuid, after_key text, quiet_ms double precision, max_rows integer)
RETURNS TABLE (workspace_id uuid, effect_key text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  SET enable_seqscan = off SET enable_sort = off AS $$
  SELECT f.workspace_id, f.effect_key
  FROM public.effects f
  JOIN public.enrollments e ON e.workspace_id = f.workspace_id AND e.id = f.enrollment_id
  WHERE f.status = 'claimed'
    AND f.claimed_at < clock_timestamp() - quiet_ms * interval '1 millisecond'
    AND e.ended_at IS NOT NULL
    AND (f.workspace_id, f.effect_key) > (after_workspace, after_key)
  ORDER BY f.workspace_id, f.effect_key
  LIMIT max_rows
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION throughline.abandoned_calls(uuid, text, double precision, integer) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION throughline.abandoned_calls(uuid, text, double precision, integer) TO throughline_relay;
