CREATE TABLE "job_people" (
	"workspace_id" uuid DEFAULT nullif(current_setting('throughline.workspace', true), '')::uuid NOT NULL,
	"job_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"status" text NOT NULL,
	"contact_id" uuid,
	"input" jsonb,
	"reason" text,
	"detail" text,
	CONSTRAINT "job_people_workspace_id_job_id_position_pk" PRIMARY KEY("workspace_id","job_id","position")
);
--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "applied" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "passed_over" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "reasons" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "job_people" ADD CONSTRAINT "job_people_workspace_id_job_id_jobs_workspace_id_id_fk" FOREIGN KEY ("workspace_id","job_id") REFERENCES "public"."jobs"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "job_people_pending" ON "job_people" USING btree ("workspace_id","job_id","position") WHERE "job_people"."status" = 'pending';--> statement-breakpoint
CREATE UNIQUE INDEX "enrollments_job" ON "enrollments" USING btree ("workspace_id","caused_by","contact_id") WHERE "enrollments"."caused_by" like 'job:%';
--> statement-breakpoint
SELECT throughline.protect('public.job_people'::regclass);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON job_people TO throughline_app, throughline_relay;
