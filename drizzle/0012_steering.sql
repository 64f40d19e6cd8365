CREATE TABLE "jobs" (
	"workspace_id" uuid DEFAULT nullif(current_setting('throughline.workspace', true), '')::uuid NOT NULL,
	"id" uuid NOT NULL,
	"type" text DEFAULT 'commands' NOT NULL,
	"workflow_id" uuid NOT NULL,
	"command_type" text NOT NULL,
	"input" jsonb NOT NULL,
	"selection" jsonb NOT NULL,
	"per_second" integer NOT NULL,
	"status" text DEFAULT 'running' NOT NULL,
	"total" integer NOT NULL,
	"ordered" integer DEFAULT 0 NOT NULL,
	"cursor" uuid,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "jobs_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
DROP INDEX "commands_enrollment";--> statement-breakpoint
ALTER TABLE "commands" ALTER COLUMN "requested_by" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "number" integer;--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "job_id" uuid;--> statement-breakpoint
ALTER TABLE "enrollments" ADD COLUMN "resume_state" jsonb;--> statement-breakpoint
ALTER TABLE "enrollments" ADD COLUMN "retries" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "workflows" ADD COLUMN "pause_late" text DEFAULT 'send' NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_workspace_id_workflow_id_workflows_workspace_id_id_fk" FOREIGN KEY ("workspace_id","workflow_id") REFERENCES "public"."workflows"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "commands_job" ON "commands" USING btree ("workspace_id","job_id","status") WHERE "commands"."job_id" is not null;--> statement-breakpoint
CREATE INDEX "commands_enrollment" ON "commands" USING btree ("workspace_id","enrollment_id","number");--> statement-breakpoint
SELECT throughline.protect('public.jobs'::regclass);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO throughline_app, throughline_relay;
