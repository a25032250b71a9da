-- Finds out which of the staged instruments are to be left alone: those that are stored already, if they are to be skipped.
--
-- errors   23R01 two rows are one instrument
CREATE OR REPLACE FUNCTION rollforward.match_instrument_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    -- where nothing may be stored already, the keys of the table refuse what is there twice
    IF match_instrument_stage.on_conflict = 'error' THEN
        RETURN;
    END IF;
    IF EXISTS (
        SELECT FROM batch_instrument AS staged
        WHERE staged.instrument_id IS NOT NULL
        GROUP BY staged.instrument_id
        HAVING count(*) > 1)
       OR EXISTS (
        SELECT FROM batch_instrument AS staged
        GROUP BY staged.symbol
        HAVING count(*) > 1)
       OR match_instrument_stage.on_conflict = 'update' AND EXISTS (
        SELECT FROM batch_instrument AS staged
        JOIN rollforward_data.instrument AS known USING (symbol)
        WHERE known.instrument_id <> staged.instrument_id)
    THEN
        PERFORM rollforward.refuse_batch('instrument', 'save', match_instrument_stage.on_conflict);
    END IF;

    UPDATE batch_instrument AS staged
    SET stored_version = known.version, status = 'skipped'
    FROM rollforward_data.instrument AS known
    WHERE match_instrument_stage.on_conflict = 'skip'
      AND known.instrument_id = staged.instrument_id;
END
$$;

COMMENT ON FUNCTION rollforward.match_instrument_stage IS 'Finds out which of the staged instruments are to be left alone';
