-- Writes staged prices: those that are not stored are inserted, those that are become what is staged.
--
-- In one pass, in the order in which everybody writes prices, so that nobody waits in a circle: who looked first which are
-- there, and locked those, would meet others who came between.
--
-- errors   those of the table; 23505 too where another price than the one that was called has one of its keys
-- locks    the rows, in the order of instrument_id, price_date
CREATE OR REPLACE FUNCTION rollforward.upsert_price_stage()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    WITH written AS (
        INSERT INTO rollforward_data.price AS known (
            instrument_id, price_date, close,
            log_id, recorded_at)
        SELECT staged.instrument_id, staged.price_date, staged.close::rollforward_data.exact_price,
               (SELECT current_setting('rollforward.log_id')::bigint),
               (SELECT current_setting('rollforward.recorded_at')::timestamptz)
        FROM batch_price AS staged
        WHERE staged.status IS NULL
        ORDER BY staged.instrument_id, staged.price_date
        ON CONFLICT (instrument_id, price_date) DO UPDATE
        SET close = excluded.close
        WHERE (known.close)
              IS DISTINCT FROM (
                  excluded.close)
        RETURNING known.instrument_id, known.price_date, known.version,
                  known.xmax = 0 AS is_new  -- what is updated was locked first, and xmax says by whom
    )
    UPDATE batch_price AS staged
    SET stored_version = written.version,
        status = CASE WHEN written.is_new THEN 'inserted' ELSE 'updated' END
    FROM written
    WHERE written.instrument_id = staged.instrument_id
      AND written.price_date = staged.price_date;

    UPDATE batch_price AS staged
    SET stored_version = known.version,
        status = 'unchanged'
    FROM rollforward_data.price AS known
    WHERE staged.status IS NULL
      AND known.instrument_id = staged.instrument_id
      AND known.price_date = staged.price_date;
END
$$;

COMMENT ON FUNCTION rollforward.upsert_price_stage IS 'Writes staged prices: inserts them, or makes the stored ones what is staged';
