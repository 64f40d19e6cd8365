DROP INDEX "commands_enrollment";--> statement-breakpoint
ALTER TABLE "commands" ALTER COLUMN "requested_by" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "number" integer;--> statement-breakpoint
ALTER TABLE "commands" ADD COLUMN "job_id" uuid;--> statement-breakpoint
ALTER TABLE "enrollments" ADD COLUMN "resume_state" jsonb;--> statement-breakpoint
ALTER TABLE "enrollments" ADD COLUMN "retries" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "workflows" ADD COLUMN "pause_late" text DEFAULT 'send' NOT NULL;--> statement-breakpoint
CREATE INDEX "commands_job" ON "commands" USING btree ("workspace_id","job_id","status") WHERE "commands"."job_id" is not null;--> statement-breakpoint
CREATE INDEX "commands_enrollment" ON "commands" USING btree ("workspace_id","enrollment_id","number");