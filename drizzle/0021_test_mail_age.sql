CREATE POLICY owner_forgets ON test_mails FOR DELETE TO throughline_owner USING (true);
--> statement-breakpoint
-- Partitions of events for the months to come; and what is kept for a time only, whether or not anybody asks for more.
CREATE OR REPLACE FUNCTION throughline.maintain() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
BEGIN
  PERFORM throughline.ensure_event_partition(
    (date_trunc('month', now() AT TIME ZONE 'UTC') + ahead * interval '1 month')::date)
  FROM generate_series(0, 3) AS ahead;
  DELETE FROM public.event_ids WHERE received_at < now() - interval '30 days';
  DELETE FROM public.idempotency_keys WHERE started_at < now() - interval '24 hours';
  DELETE FROM public.test_mails WHERE created_at < now() - interval '7 days';
END $$;
