-- The roles of Consilium, for PostgreSQL 15 or newer. A superuser runs this while connected to the service's
-- database, once; running it again changes nothing. Passwords are set apart (ALTER ROLE ... PASSWORD).
--
--   consilium_owner    owns the tables and runs the migrations; the running service never uses it
--   consilium_app      web and jobs
--   consilium_sealer   signs the log's checkpoints
--   consilium_auditor  reads
--   consilium_eraser   destroys openings and content when a person must be forgotten
--
-- None is a superuser. What each may do with a table is granted in the migration that makes the table.

DO $$
DECLARE
    name text;
    names constant text[] := ARRAY[
        'consilium_owner', 'consilium_app', 'consilium_sealer', 'consilium_auditor', 'consilium_eraser'];
BEGIN
    FOREACH name IN ARRAY names LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) THEN
            EXECUTE format(
                'CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', name);
        END IF;
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('ALTER DATABASE %I OWNER TO consilium_owner', current_database());
    FOREACH name IN ARRAY names LOOP
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), name);
    END LOOP;
END
$$;

-- The schema belongs to pg_database_owner, so the owner can create in it and nobody else can.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO consilium_app, consilium_sealer, consilium_auditor, consilium_eraser;
