-- In the order in which transactions lock them, and all at once: what was written before is seen and counted below.
LOCK TABLE enrollments, steps, deliveries, effects IN ACCESS EXCLUSIVE MODE;
--> statement-breakpoint
CREATE TABLE "workflow_counts" (
	"workspace_id" uuid DEFAULT nullif(current_setting('throughline.workspace', true), '')::uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"what" text NOT NULL,
	"version" integer NOT NULL,
	"labels" text[] NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "workflow_counts_workspace_id_workflow_id_what_version_labels_pk" PRIMARY KEY("workspace_id","workflow_id","what","version","labels")
);
--> statement-breakpoint
DROP INDEX "steps_figures";--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "workflow_id" uuid;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "version" integer;--> statement-breakpoint
ALTER TABLE "effects" ADD COLUMN "workflow_id" uuid;--> statement-breakpoint
ALTER TABLE "effects" ADD COLUMN "version" integer;--> statement-breakpoint
ALTER TABLE "enrollments" ADD COLUMN "end_sequence" bigint;--> statement-breakpoint
ALTER TABLE "steps" ADD COLUMN "end_sequence" bigint;--> statement-breakpoint
CREATE INDEX "enrollments_ended" ON "enrollments" USING btree ("end_sequence") WHERE "enrollments"."end_sequence" is not null;--> statement-breakpoint
CREATE INDEX "enrollments_failed" ON "enrollments" USING btree ("workspace_id","workflow_id","id") WHERE "enrollments"."status" = 'failed';--> statement-breakpoint
CREATE INDEX "events_latest" ON "events" USING btree ("workspace_id","sequence");--> statement-breakpoint
CREATE INDEX "steps_open" ON "steps" USING btree ("workflow_id","node_id","status","version","workspace_id") WHERE "steps"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "steps_ended" ON "steps" USING btree ("end_sequence") WHERE "steps"."end_sequence" is not null;
--> statement-breakpoint
-- The rows of every workspace; forced security binds the owner too.
ALTER TABLE deliveries NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE effects NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
UPDATE deliveries d SET workflow_id = e.workflow_id, version = coalesce(e.entered_version, e.version)
FROM enrollments e WHERE e.workspace_id = d.workspace_id AND e.id = d.enrollment_id;
--> statement-breakpoint
UPDATE effects f SET workflow_id = e.workflow_id, version = coalesce(e.entered_version, e.version)
FROM enrollments e WHERE e.workspace_id = f.workspace_id AND e.id = f.enrollment_id;
--> statement-breakpoint
ALTER TABLE deliveries FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE effects FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE INDEX "deliveries_figures" ON "deliveries" USING btree ("workflow_id","status","version","attempt","workspace_id");--> statement-breakpoint
CREATE INDEX "effects_figures" ON "effects" USING btree ("workflow_id","kind","status","version","attempt","workspace_id");
--> statement-breakpoint
CREATE FUNCTION throughline.name_workflow() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  SELECT e.workflow_id, coalesce(e.entered_version, e.version) INTO NEW.workflow_id, NEW.version
  FROM public.enrollments e WHERE e.workspace_id OPERATOR(pg_catalog.=) NEW.workspace_id
    AND e.id OPERATOR(pg_catalog.=) NEW.enrollment_id;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER name_workflow BEFORE INSERT ON deliveries FOR EACH ROW EXECUTE FUNCTION throughline.name_workflow();
--> statement-breakpoint
CREATE TRIGGER name_workflow BEFORE INSERT ON effects FOR EACH ROW EXECUTE FUNCTION throughline.name_workflow();
--> statement-breakpoint
SELECT throughline.protect('public.workflow_counts'::regclass);
--> statement-breakpoint
-- Whoever looks at figures reads them; only the owner's functions count.
GRANT SELECT ON workflow_counts TO throughline_app;
--> statement-breakpoint
CREATE POLICY owner_folds ON workflow_counts TO throughline_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
-- Numbers ends of steps and enrollments in the order in which they happen, which is not that of their commits.
CREATE SEQUENCE throughline.ends;
--> statement-breakpoint
GRANT USAGE ON SEQUENCE throughline.ends TO throughline_app, throughline_relay;
--> statement-breakpoint
-- Whose row is locked by whoever changes workflow_counts. Ends up to this number are in there, and those without one,
-- which are older than the numbers.
CREATE TABLE throughline.folded (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  up_to bigint NOT NULL
);
--> statement-breakpoint
INSERT INTO throughline.folded (up_to) VALUES (0);
--> statement-breakpoint
GRANT SELECT ON throughline.folded TO throughline_app;
--> statement-breakpoint
-- The transaction gets its own number first, so that whoever reads the sequence and then gets one himself knows that
-- each end up to there belongs to an earlier transaction. See throughline.fold.
CREATE FUNCTION throughline.number_end() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.ended_at IS NULL THEN
    NEW.end_sequence := NULL;
  ELSE
    PERFORM pg_catalog.pg_current_xact_id();
    NEW.end_sequence := pg_catalog.nextval('throughline.ends');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER number_end BEFORE INSERT ON steps
FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL) EXECUTE FUNCTION throughline.number_end();
--> statement-breakpoint
CREATE TRIGGER number_later_end BEFORE UPDATE OF ended_at ON steps
FOR EACH ROW WHEN ((NEW.ended_at IS NULL) <> (OLD.ended_at IS NULL)) EXECUTE FUNCTION throughline.number_end();
--> statement-breakpoint
CREATE TRIGGER number_end BEFORE INSERT ON enrollments
FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL) EXECUTE FUNCTION throughline.number_end();
--> statement-breakpoint
CREATE TRIGGER number_later_end BEFORE UPDATE OF ended_at ON enrollments
FOR EACH ROW WHEN ((NEW.ended_at IS NULL) <> (OLD.ended_at IS NULL)) EXECUTE FUNCTION throughline.number_end();
--> statement-breakpoint
-- How long something took, in milliseconds of which three digits count: there are few such durations.
CREATE FUNCTION throughline.rounded_ms(started_at timestamptz, ended_at timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN round(
  greatest(0, extract(epoch FROM ended_at - started_at) * 1000),
  least(0, 3 - length(round(greatest(0, extract(epoch FROM ended_at - started_at) * 1000))::text)))::bigint;
--> statement-breakpoint
-- Everything that is folded, a row for each. Who failed may be tried again, and is never folded; all others who have
-- ended stay as they ended, as do steps.
CREATE VIEW throughline.endings AS
  SELECT s.workspace_id, s.workflow_id, 'visit' AS what, coalesce(s.version, 0) AS version,
    ARRAY[s.node_id, s.status, s.port, (s.visit = 1)::text] AS labels, s.enrollment_id, s.end_sequence
  FROM public.steps s
  WHERE s.ended_at IS NOT NULL AND s.workflow_id IS NOT NULL
  UNION ALL
  SELECT e.workspace_id, e.workflow_id, 'people', coalesce(e.entered_version, e.version),
    ARRAY[e.status, e.goal_id, (e.retries > 0)::text], e.id, e.end_sequence
  FROM public.enrollments e
  WHERE e.ended_at IS NOT NULL AND e.status <> 'failed'
  UNION ALL
  SELECT e.workspace_id, e.workflow_id, 'duration', coalesce(e.entered_version, e.version),
    ARRAY[throughline.rounded_ms(e.started_at, e.ended_at)::text], e.id, e.end_sequence
  FROM public.enrollments e
  WHERE e.ended_at IS NOT NULL AND e.status IN ('completed', 'goal_reached', 'exited')
  UNION ALL
  SELECT e.workspace_id, e.workflow_id, 'outcome', coalesce(s.version, 0),
    ARRAY[s.node_id, s.port, (e.goal_id IS NOT NULL)::text], e.id, e.end_sequence
  FROM public.enrollments e
  JOIN public.steps s ON s.workspace_id = e.workspace_id AND s.enrollment_id = e.id
  WHERE e.ended_at IS NOT NULL AND e.status <> 'failed' AND s.visit = 1 AND s.port IS NOT NULL;
--> statement-breakpoint
INSERT INTO workflow_counts (workspace_id, workflow_id, what, version, labels, count)
SELECT workspace_id, workflow_id, what, version, labels, count(*) FROM throughline.endings GROUP BY 1, 2, 3, 4, 5;
--> statement-breakpoint
-- Up to where ends may be folded once every transaction up to marked_in is over; null when all are. A transaction that
-- has numbered an end up to there got its own number before it, hence before marked_in.
CREATE FUNCTION throughline.mark_ends(OUT up_to bigint, OUT marked_in text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  SELECT s.last_value INTO up_to FROM throughline.ends s
  WHERE s.is_called AND s.last_value > (SELECT f.up_to FROM throughline.folded f);
  IF FOUND THEN
    marked_in := pg_current_xact_id();
  END IF;
END $$;
--> statement-breakpoint
-- Folds the ends up to a mark, max_ends at most; how many numbers are left then. Null, with nothing done, while a
-- transaction may still commit an end up to there.
CREATE FUNCTION throughline.fold(marked bigint, marked_in xid8, max_ends integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  since bigint;
  until bigint;
BEGIN
  IF pg_snapshot_xmin(pg_current_snapshot()) <= marked_in THEN
    RETURN NULL;
  END IF;
  SELECT f.up_to INTO since FROM throughline.folded f FOR UPDATE;
  until := least(marked, since + max_ends);
  IF until <= since THEN
    RETURN 0;
  END IF;
  INSERT INTO public.workflow_counts AS c (workspace_id, workflow_id, what, version, labels, count)
  SELECT t.workspace_id, t.workflow_id, t.what, t.version, t.labels, count(*)
  FROM throughline.endings t
  WHERE t.end_sequence > since AND t.end_sequence <= until
  GROUP BY 1, 2, 3, 4, 5
  ON CONFLICT (workspace_id, workflow_id, what, version, labels) DO UPDATE SET count = c.count + excluded.count;
  UPDATE throughline.folded f SET up_to = until;
  RETURN marked - until;
END $$;
--> statement-breakpoint
-- Takes out again what was folded of the steps of enrollments of the workspace, and of those that go altogether
-- everything. Holds up folding until the transaction has deleted them.
CREATE FUNCTION throughline.unfold(ids uuid[], gone uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  here uuid := nullif(current_setting('throughline.workspace', true), '')::uuid;
  folded bigint;
BEGIN
  SELECT f.up_to INTO folded FROM throughline.folded f FOR UPDATE;
  UPDATE public.workflow_counts c SET count = c.count - t.count
  FROM (
    SELECT o.workflow_id, o.what, o.version, o.labels, count(*) AS count
    FROM throughline.endings o
    WHERE o.workspace_id = here AND o.enrollment_id = ANY (ids)
      AND (o.end_sequence IS NULL OR o.end_sequence <= folded)
      AND (o.what IN ('visit', 'outcome') OR o.enrollment_id = ANY (gone))
    GROUP BY 1, 2, 3, 4
  ) t
  WHERE c.workspace_id = here AND c.workflow_id = t.workflow_id AND c.what = t.what AND c.version = t.version
    AND c.labels = t.labels;
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION
  throughline.mark_ends(),
  throughline.fold(bigint, xid8, integer),
  throughline.unfold(uuid[], uuid[])
FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION throughline.mark_ends(), throughline.fold(bigint, xid8, integer) TO throughline_relay;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION throughline.unfold(uuid[], uuid[]) TO throughline_app;
