-- Finds out which of the staged prices are to be left alone: those that are stored already, if they are to be skipped.
--
-- errors   23R01 two rows are one price
CREATE OR REPLACE FUNCTION rollforward.match_price_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    -- where nothing may be stored already, the keys of the table refuse what is there twice
    IF match_price_stage.on_conflict = 'error' THEN
        RETURN;
    END IF;
    IF EXISTS (
        SELECT FROM batch_price AS staged
        WHERE staged.price_date IS NOT NULL
        GROUP BY staged.instrument_id, staged.price_date
        HAVING count(*) > 1)
    THEN
        PERFORM rollforward.refuse_batch('price', 'save', match_price_stage.on_conflict);
    END IF;

    UPDATE batch_price AS staged
    SET stored_version = known.version, status = 'skipped'
    FROM rollforward_data.price AS known
    WHERE match_price_stage.on_conflict = 'skip'
      AND known.instrument_id = staged.instrument_id
      AND known.price_date = staged.price_date;
END
$$;

COMMENT ON FUNCTION rollforward.match_price_stage IS 'Finds out which of the staged prices are to be left alone';
