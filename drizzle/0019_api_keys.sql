ALTER TABLE "api_keys" ADD COLUMN "created_by" text;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "last_used_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "replaced_by" uuid;
--> statement-breakpoint
-- A key is in force before its end.
CREATE OR REPLACE FUNCTION throughline.find_api_keys(presented_prefix text)
RETURNS TABLE (workspace_id uuid, key_id uuid, secret_hash text, scopes text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.workspace_id, k.id, k.secret_hash, k.scopes
  FROM public.api_keys k
  WHERE k.prefix = presented_prefix AND k.revoked_at IS NULL
    AND (k.expires_at IS NULL OR k.expires_at > now())
$$;
