-- The three roles. Created where they are missing and the deploying role may create roles; otherwise a warning says
-- what an administrator has to run, and grants wait until the next deploy.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['rollforward_reader', 'rollforward_writer', 'rollforward_operator'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN
                    NULL;  -- another deploy on this cluster was faster
                WHEN insufficient_privilege THEN
                    RAISE WARNING 'role % is missing and may not be created by %', role_name, current_user
                        USING ERRCODE = '01R01',
                              HINT = format('As an administrator: CREATE ROLE %I NOLOGIN; then deploy again.', role_name);
            END;
        END IF;
    END LOOP;
END
$$;
