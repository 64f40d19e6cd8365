CREATE TABLE "suppressions" (
	"workspace_id" uuid DEFAULT nullif(current_setting('throughline.workspace', true), '')::uuid NOT NULL,
	"id" uuid NOT NULL,
	"channel" text NOT NULL,
	"address" text,
	"address_hash" text NOT NULL,
	"reason" text NOT NULL,
	"event_id" uuid,
	"created_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "suppressions_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "receipt" text;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "judged_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "suppressions_address" ON "suppressions" USING btree ("workspace_id","channel","address_hash");
--> statement-breakpoint
SELECT throughline.protect('public.suppressions'::regclass);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON suppressions TO throughline_app, throughline_relay;
