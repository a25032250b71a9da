-- Inserts prices that are given as arrays, as most batches can be: nothing is staged and nothing looked for, since the
-- table refuses what cannot be stored.
--
-- returns   an array for each column of what save_price_batch returns; versions is NULL where nothing was inserted: something is
--           wrong, or has to be decided, which is for those who stage it to find out
CREATE OR REPLACE FUNCTION rollforward.insert_price_batch(
    INOUT instrument_ids bigint[],
    INOUT price_dates date[],
    closes numeric[],
    OUT ordinals integer[],
    OUT statuses text[],
    OUT versions integer[]
)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    places CONSTANT integer := cardinality(instrument_ids);
BEGIN
    INSERT INTO rollforward_data.price (
        instrument_id, price_date, close,
        log_id, recorded_at)
    SELECT staged.instrument_id, staged.price_date, staged.close::rollforward_data.exact_price,
           (SELECT current_setting('rollforward.log_id')::bigint),
           (SELECT current_setting('rollforward.recorded_at')::timestamptz)
    FROM unnest(
        instrument_ids, price_dates, closes)
        AS staged (
            instrument_id, price_date, close)
    ORDER BY staged.instrument_id, staged.price_date;

    ordinals := ARRAY(SELECT generate_series(1, places));
    statuses := array_fill('inserted'::text, ARRAY[places]);
    IF EXISTS (SELECT FROM rollforward_data.price_image) THEN
        -- what was deleted and comes again goes on counting
        versions := ARRAY(
            SELECT known.version
            FROM unnest(instrument_ids, price_dates)
                WITH ORDINALITY AS place (instrument_id, price_date, ordinal)
            JOIN rollforward_data.price AS known USING (instrument_id, price_date)
            ORDER BY place.ordinal);
    ELSE
        versions := array_fill(1, ARRAY[places]);
    END IF;
EXCEPTION
    WHEN data_exception OR integrity_constraint_violation THEN
        versions := NULL;
END
$$;

COMMENT ON FUNCTION rollforward.insert_price_batch IS 'Inserts prices that are given as arrays, unless something is wrong';
