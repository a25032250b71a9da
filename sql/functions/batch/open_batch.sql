-- Makes the stage of an entity ready and empty, for the caller to COPY into: pg_temp.batch_E, with the columns of E_row.
--
-- Emptied when the transaction ends. Then: save_E_stage or validate_E_stage.
--
-- entity   person, account, instrument, movement or price
-- errors   22R01 no such entity · 42P07 the session has a temporary table of that name which belongs to somebody else
CREATE OR REPLACE FUNCTION rollforward.open_batch(entity text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.require_choice('entity', entity, ARRAY(SELECT DISTINCT col.entity FROM rollforward.batch_column AS col));
    PERFORM rollforward.prepare_batch(entity);
END
$$;

COMMENT ON FUNCTION rollforward.open_batch IS 'Makes the stage of an entity ready and empty, for the caller to COPY into';
