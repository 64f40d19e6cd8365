-- The three roles of Throughline. They belong to the whole server, not to one database, so they are
-- made before the migrations, by `migrate` or by an administrator with this file.
--   throughline_owner  owns the tables; migrations run as it
--   throughline_app    API and worker
--   throughline_relay  the outbox relay
-- None may log in, and none is exempt from row-level security: grant them to the users that connect.
-- Two databases of one server may be migrated at once, hence the handlers.
DO $$ BEGIN CREATE ROLE throughline_owner; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE throughline_app; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE throughline_relay; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
