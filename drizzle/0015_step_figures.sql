ALTER TABLE "steps" ADD COLUMN "workflow_id" uuid;--> statement-breakpoint
ALTER TABLE "steps" ADD COLUMN "version" integer;--> statement-breakpoint
-- The steps of every workspace; forced security binds the owner too.
ALTER TABLE steps NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE enrollments NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
UPDATE steps s SET workflow_id = e.workflow_id, version = e.version
FROM enrollments e WHERE e.workspace_id = s.workspace_id AND e.id = s.enrollment_id;--> statement-breakpoint
ALTER TABLE enrollments FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE steps FORCE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "steps_figures" ON "steps" USING btree ("workflow_id","node_id","status","port","version","workspace_id");
