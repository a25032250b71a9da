-- Makes the stage of an entity ready and empty: pg_temp.batch_E, with the columns of E_row.
--
-- It lives as long as the session and is emptied at commit. Anybody may write to it: a session has its own. It is made anew
-- when its model has changed; one that the caller put in its place is refused, as it could carry triggers.
--
-- errors   42P07 the session has a temporary table of that name which belongs to somebody else
CREATE OR REPLACE FUNCTION rollforward.prepare_batch(entity text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
    stage CONSTANT text := 'batch_' || entity;
    model CONSTANT regclass := ('rollforward.' || quote_ident(entity || '_row'))::regclass;
    known record;
BEGIN
    SELECT pg_class.oid, obj_description(pg_class.oid, 'pg_class') AS version
    INTO known
    FROM pg_class
    WHERE pg_class.oid = to_regclass('pg_temp.' || quote_ident(stage));

    IF known.oid IS NOT NULL THEN
        PERFORM rollforward.require_stage(entity);
    END IF;
    IF known.version = model::oid::text THEN
        -- filled by an earlier call of this transaction
        EXECUTE format('DELETE FROM pg_temp.%I', stage);
        RETURN;
    END IF;

    EXECUTE format('DROP TABLE IF EXISTS pg_temp.%I', stage);
    EXECUTE format('CREATE TEMP TABLE %I (LIKE %s) ON COMMIT DELETE ROWS', stage, model);
    EXECUTE format('COMMENT ON TABLE pg_temp.%I IS %L', stage, model::oid::text);
    EXECUTE format('GRANT INSERT (ordinal, %s) ON pg_temp.%I TO PUBLIC',
                   (SELECT string_agg(quote_ident(col.name), ', ') FROM rollforward.batch_column AS col
                    WHERE col.entity = prepare_batch.entity),
                   stage);
END
$$;

COMMENT ON FUNCTION rollforward.prepare_batch IS 'Makes the stage of an entity ready and empty';
