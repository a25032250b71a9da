-- Finds out what becomes of the staged prices that are stored already: they are skipped, or updated, or unchanged.
--
-- on_conflict   error: none of them is looked for; the keys of the table refuse them
-- errors        23R01 two rows are one price
-- locks         rows that may be updated, in the order of their keys
CREATE OR REPLACE FUNCTION rollforward.match_price_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
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

    IF match_price_stage.on_conflict = 'skip' THEN
        UPDATE batch_price AS staged
        SET stored_version = known.version, status = 'skipped'
        FROM rollforward_data.price AS known
        WHERE known.instrument_id = staged.instrument_id
          AND known.price_date = staged.price_date;
        RETURN;
    END IF;

    -- one that comes to be behind this statement is not locked, and not changed: inserting it fails, and all begins anew
    WITH locked AS (
        SELECT known.instrument_id, known.price_date, known.version
        FROM rollforward_data.price AS known
        JOIN batch_price AS staged USING (instrument_id, price_date)
        ORDER BY known.instrument_id, known.price_date
        FOR NO KEY UPDATE OF known
    )
    UPDATE batch_price AS staged
    SET stored_version = locked.version, status = 'unchanged'
    FROM locked
    WHERE locked.instrument_id = staged.instrument_id
      AND locked.price_date = staged.price_date;

    UPDATE batch_price AS staged
    SET status = 'updated'
    FROM rollforward_data.price AS known
    WHERE staged.status = 'unchanged'
      AND known.instrument_id = staged.instrument_id
      AND known.price_date = staged.price_date
      AND (known.close)
          IS DISTINCT FROM (
              staged.close::rollforward_data.exact_price);
END
$$;

COMMENT ON FUNCTION rollforward.match_price_stage IS 'Finds out what becomes of the staged prices that are stored already';
