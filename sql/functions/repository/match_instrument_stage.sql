-- Finds out what becomes of the staged instruments that are stored already: they are skipped, or updated, or unchanged.
--
-- on_conflict   error: none of them is looked for; the keys of the table refuse them
-- errors        23R01 two rows are one instrument
-- locks         rows that may be updated, in the order of their keys
CREATE OR REPLACE FUNCTION rollforward.match_instrument_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF match_instrument_stage.on_conflict = 'error' THEN
        RETURN;
    END IF;

    IF EXISTS (
        SELECT FROM batch_instrument AS staged
        WHERE staged.instrument_id IS NOT NULL
        GROUP BY staged.instrument_id
        HAVING count(*) > 1)
    THEN
        PERFORM rollforward.refuse_batch('instrument', 'save', match_instrument_stage.on_conflict);
    END IF;

    IF match_instrument_stage.on_conflict = 'skip' THEN
        UPDATE batch_instrument AS staged
        SET stored_version = known.version, status = 'skipped'
        FROM rollforward_data.instrument AS known
        WHERE known.instrument_id = staged.instrument_id;
        RETURN;
    END IF;

    -- one that comes to be behind this statement is not locked, and not changed: inserting it fails, and all begins anew
    WITH locked AS (
        SELECT known.instrument_id, known.version
        FROM rollforward_data.instrument AS known
        JOIN batch_instrument AS staged USING (instrument_id)
        ORDER BY known.instrument_id
        FOR NO KEY UPDATE OF known
    )
    UPDATE batch_instrument AS staged
    SET stored_version = locked.version, status = 'unchanged'
    FROM locked
    WHERE locked.instrument_id = staged.instrument_id;

    UPDATE batch_instrument AS staged
    SET status = 'updated'
    FROM rollforward_data.instrument AS known
    WHERE staged.status = 'unchanged'
      AND known.instrument_id = staged.instrument_id
      AND (known.symbol, known.kind, known.currency, known.multiplier, known.underlying, known.expiration, known.strike,
           known.option_right)
          IS DISTINCT FROM (
              staged.symbol, staged.kind::rollforward_data.instrument_kind, staged.currency,
              coalesce(staged.multiplier::rollforward_data.exact_quantity, 1), staged.underlying, staged.expiration,
              staged.strike::rollforward_data.exact_price, staged.option_right::rollforward_data.option_right);
END
$$;

COMMENT ON FUNCTION rollforward.match_instrument_stage IS 'Finds out what becomes of the staged instruments that are stored already';
