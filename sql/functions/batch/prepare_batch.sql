-- Makes the stage of an entity ready and empty: pg_temp.batch_E, with the columns of E_row.
--
-- It lives as long as the session and is emptied at commit. Anybody may write to it: a session has its own.
--
-- errors   42P07 the session has a temporary table of that name which belongs to somebody else
CREATE OR REPLACE FUNCTION rollforward.prepare_batch(entity text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF rollforward.prepare_own_stage('batch_' || entity, ('rollforward.' || quote_ident(entity || '_row'))::regclass) THEN
        EXECUTE format('GRANT INSERT (ordinal, %s) ON pg_temp.%I TO PUBLIC',
                       (SELECT string_agg(quote_ident(col.name), ', ') FROM rollforward.batch_column AS col
                        WHERE col.entity = prepare_batch.entity),
                       'batch_' || entity);
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.prepare_batch IS 'Makes the stage of an entity ready and empty';
