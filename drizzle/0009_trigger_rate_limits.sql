ALTER TABLE "enrollments" ADD COLUMN "trigger_key" text;--> statement-breakpoint
ALTER TABLE "workflow_triggers" ADD COLUMN "rate_limit" jsonb;