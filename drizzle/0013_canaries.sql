CREATE TABLE "canaries" (
	"workspace_id" uuid DEFAULT nullif(current_setting('throughline.workspace', true), '')::uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"active_version" integer NOT NULL,
	"share" double precision NOT NULL,
	"limits" jsonb NOT NULL,
	"state" text DEFAULT 'running' NOT NULL,
	"began_by" text NOT NULL,
	"began_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"decision" jsonb,
	CONSTRAINT "canaries_workspace_id_workflow_id_version_pk" PRIMARY KEY("workspace_id","workflow_id","version")
);
--> statement-breakpoint
ALTER TABLE "enrollments" ADD COLUMN "entered_version" integer;--> statement-breakpoint
ALTER TABLE "enrollments" ADD COLUMN "canary" integer;--> statement-breakpoint
ALTER TABLE "workflows" ADD COLUMN "canary_version" integer;--> statement-breakpoint
ALTER TABLE "canaries" ADD CONSTRAINT "canaries_workspace_id_workflow_id_version_workflow_versions_workspace_id_workflow_id_version_fk" FOREIGN KEY ("workspace_id","workflow_id","version") REFERENCES "public"."workflow_versions"("workspace_id","workflow_id","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "canaries_running" ON "canaries" USING btree ("workspace_id","workflow_id") WHERE "canaries"."state" = 'running';--> statement-breakpoint
CREATE INDEX "enrollments_open_by_version" ON "enrollments" USING btree ("workspace_id","workflow_id","version") WHERE "enrollments"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "enrollments_canary" ON "enrollments" USING btree ("workspace_id","workflow_id","canary","entered_version") WHERE "enrollments"."canary" is not null;
--> statement-breakpoint
SELECT throughline.protect('public.canaries'::regclass);
--> statement-breakpoint
-- What was tried, and what came of it, is kept.
GRANT SELECT, INSERT, UPDATE ON canaries TO throughline_app, throughline_relay;
--> statement-breakpoint
CREATE POLICY owner_judges ON canaries FOR SELECT TO throughline_owner USING (true);
--> statement-breakpoint
-- A page of the workflows of every workspace that have a canary running, behind the given one.
CREATE FUNCTION throughline.running_canaries(after_workspace uuid, after_workflow uuid, max_rows integer)
RETURNS TABLE (workspace_id uuid, workflow_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  SET enable_seqscan = off SET enable_sort = off AS $$
  SELECT c.workspace_id, c.workflow_id
  FROM public.canaries c
  WHERE c.state = 'running' AND (c.workspace_id, c.workflow_id) > (after_workspace, after_workflow)
  ORDER BY c.workspace_id, c.workflow_id
  LIMIT max_rows
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION throughline.running_canaries(uuid, uuid, integer) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION throughline.running_canaries(uuid, uuid, integer) TO throughline_relay;
