-- Inserts the staged prices that have no status, in the order in which everybody writes prices.
--
-- errors   those of the table
CREATE OR REPLACE FUNCTION rollforward.insert_price_stage()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO'
AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO rollforward_data.price (
        instrument_id, price_date, close, log_id, recorded_at)
    SELECT staged.instrument_id, staged.price_date, staged.close::rollforward_data.exact_price,
           (SELECT current_setting('rollforward.log_id')::bigint),
           (SELECT current_setting('rollforward.recorded_at')::timestamptz)
    FROM batch_price AS staged
    WHERE staged.status IS NULL
    ORDER BY staged.instrument_id, staged.price_date;
END
$$;

COMMENT ON FUNCTION rollforward.insert_price_stage IS 'Inserts the staged prices that have no status';
