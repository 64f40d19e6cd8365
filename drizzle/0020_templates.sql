CREATE TABLE "template_versions" (
	"workspace_id" uuid DEFAULT nullif(current_setting('throughline.workspace', true), '')::uuid NOT NULL,
	"template_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"subject" text NOT NULL,
	"preheader" text,
	"html" text,
	"mjml" text,
	"text" text,
	"author" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "template_versions_workspace_id_template_id_version_pk" PRIMARY KEY("workspace_id","template_id","version")
);
--> statement-breakpoint
CREATE TABLE "templates" (
	"workspace_id" uuid DEFAULT nullif(current_setting('throughline.workspace', true), '')::uuid NOT NULL,
	"id" uuid NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "templates_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "test_mails" (
	"workspace_id" uuid DEFAULT nullif(current_setting('throughline.workspace', true), '')::uuid NOT NULL,
	"id" uuid NOT NULL,
	"template" text NOT NULL,
	"template_version" integer NOT NULL,
	"contact_id" uuid,
	"to_address" text NOT NULL,
	"content" jsonb,
	"status" text NOT NULL,
	"response" text,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "test_mails_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "topic" text;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "template" text;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "template_version" integer;--> statement-breakpoint
ALTER TABLE "template_versions" ADD CONSTRAINT "template_versions_workspace_id_template_id_templates_workspace_id_id_fk" FOREIGN KEY ("workspace_id","template_id") REFERENCES "public"."templates"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "templates_key" ON "templates" USING btree ("workspace_id","key");--> statement-breakpoint
CREATE INDEX "test_mails_open" ON "test_mails" USING btree ("workspace_id","id") WHERE "test_mails"."status" in ('waiting', 'sending');
--> statement-breakpoint
SELECT throughline.protect('public.templates'::regclass);
--> statement-breakpoint
SELECT throughline.protect('public.template_versions'::regclass);
--> statement-breakpoint
SELECT throughline.protect('public.test_mails'::regclass);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON templates, test_mails TO throughline_app, throughline_relay;
--> statement-breakpoint
-- What a mail was rendered from is kept as long as its template.
GRANT SELECT, INSERT ON template_versions TO throughline_app, throughline_relay;
--> statement-breakpoint
CREATE POLICY owner_sends ON test_mails FOR SELECT TO throughline_owner USING (true);
--> statement-breakpoint
-- Some test mails of every workspace that nobody has sent yet, or whose sender seems to be dead.
CREATE FUNCTION throughline.open_test_mails(quiet_ms double precision, max_rows integer)
RETURNS TABLE (workspace_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  SET enable_seqscan = off SET enable_sort = off AS $$
  SELECT m.workspace_id, m.id
  FROM public.test_mails m
  WHERE m.status IN ('waiting', 'sending')
    AND (m.status = 'waiting' OR m.started_at < clock_timestamp() - quiet_ms * interval '1 millisecond')
  ORDER BY m.workspace_id, m.id
  LIMIT max_rows
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION throughline.open_test_mails(double precision, integer) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION throughline.open_test_mails(double precision, integer) TO throughline_relay;
