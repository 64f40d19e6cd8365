CREATE TABLE "assignments" (
	"workspace_id" uuid DEFAULT nullif(current_setting('throughline.workspace', true), '')::uuid NOT NULL,
	"experiment" text NOT NULL,
	"contact_id" uuid NOT NULL,
	"port" text NOT NULL,
	"assigned_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "assignments_workspace_id_experiment_contact_id_pk" PRIMARY KEY("workspace_id","experiment","contact_id")
);
--> statement-breakpoint
ALTER TABLE "assignments" ADD CONSTRAINT "assignments_workspace_id_contact_id_contacts_workspace_id_id_fk" FOREIGN KEY ("workspace_id","contact_id") REFERENCES "public"."contacts"("workspace_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
SELECT throughline.protect('public.assignments'::regclass);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON assignments TO throughline_app, throughline_relay;
