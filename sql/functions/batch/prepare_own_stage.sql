-- Makes a temporary table ready and empty, with the columns of a type.
--
-- It lives as long as the session and is emptied at commit. It is made anew when its model has changed; one that the caller put
-- in its place is refused, as it could carry triggers.
--
-- returns   whether it was made anew
-- errors    42P07 the session has a temporary table of that name which belongs to somebody else
CREATE OR REPLACE FUNCTION rollforward.prepare_own_stage(stage text, model regclass)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
    known record;
BEGIN
    SELECT pg_class.oid, obj_description(pg_class.oid, 'pg_class') AS version, relowner = quote_ident(current_user)::regrole AS is_own
    INTO known
    FROM pg_class
    WHERE pg_class.oid = to_regclass('pg_temp.' || quote_ident(stage));

    IF known.oid IS NOT NULL AND (known.version IS NULL OR NOT known.is_own) THEN
        PERFORM rollforward.require_own_stage(stage);  -- says what is wrong
    END IF;
    IF known.version = model::oid::text THEN
        -- filled by an earlier call of this transaction
        EXECUTE format('DELETE FROM pg_temp.%I', stage);
        RETURN false;
    END IF;

    EXECUTE format('DROP TABLE IF EXISTS pg_temp.%I', stage);
    EXECUTE format('CREATE TEMP TABLE %I (LIKE %s) ON COMMIT DELETE ROWS', stage, model);
    EXECUTE format('COMMENT ON TABLE pg_temp.%I IS %L', stage, model::oid::text);
    RETURN true;
END
$$;

COMMENT ON FUNCTION rollforward.prepare_own_stage IS 'Makes a temporary table ready and empty, with the columns of a type';
