-- The role the server works as. Roles belong to the whole cluster, and several databases of one cluster may be set up
-- at the same moment (tests do), so each step takes another session's success for its own.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'samspor_app') THEN
        CREATE ROLE samspor_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

DO $$
BEGIN
    -- A superuser may take any role; anybody else has to be a member.
    IF NOT pg_has_role(current_user, 'samspor_app', 'MEMBER') THEN
        EXECUTE format('GRANT samspor_app TO %I', current_user);
    END IF;
EXCEPTION
    WHEN unique_violation THEN NULL;
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO samspor_app;
