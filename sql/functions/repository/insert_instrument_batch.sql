-- Inserts instruments that are given as arrays, as most batches can be: nothing is staged and nothing looked for, since the
-- table refuses what cannot be stored.
--
-- returns   an array for each column of what save_instrument_batch returns; versions is NULL where nothing was inserted: something is
--           wrong, or has to be decided, which is for those who stage it to find out
CREATE OR REPLACE FUNCTION rollforward.insert_instrument_batch(
    symbols text[],
    kinds text[],
    INOUT instrument_ids bigint[],
    currencies text[],
    multipliers numeric[],
    underlyings text[],
    expirations date[],
    strikes numeric[],
    option_rights text[],
    OUT ordinals integer[],
    OUT statuses text[],
    OUT versions integer[]
)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    places CONSTANT integer := cardinality(symbols);
    highest CONSTANT bigint := (SELECT max(called.instrument_id) FROM unnest(instrument_ids) AS called (instrument_id));
BEGIN
    WITH drawn AS MATERIALIZED (
        SELECT staged.ordinal,
               staged.symbol, staged.kind, staged.currency, staged.multiplier, staged.underlying, staged.expiration,
               staged.strike, staged.option_right,
               coalesce(staged.instrument_id, nextval('rollforward_data.instrument_instrument_id_seq')) AS instrument_id
        FROM unnest(
            symbols, kinds, instrument_ids, currencies, multipliers, underlyings, expirations, strikes, option_rights)
            WITH ORDINALITY AS staged (
                symbol, kind, instrument_id, currency, multiplier, underlying, expiration, strike, option_right, ordinal)
        ORDER BY staged.symbol
    ),
    written AS (
        INSERT INTO rollforward_data.instrument (
            symbol, kind, instrument_id, currency, multiplier, underlying, expiration, strike, option_right,
            log_id, recorded_at)
        SELECT staged.symbol, staged.kind::rollforward_data.instrument_kind, staged.instrument_id, staged.currency,
               coalesce(staged.multiplier::rollforward_data.exact_quantity, 1), staged.underlying, staged.expiration,
               staged.strike::rollforward_data.exact_price, staged.option_right::rollforward_data.option_right,
               (SELECT current_setting('rollforward.log_id')::bigint),
               (SELECT current_setting('rollforward.recorded_at')::timestamptz)
        FROM drawn AS staged
    )
    SELECT array_agg(staged.instrument_id ORDER BY staged.ordinal)
    INTO instrument_ids
    FROM drawn AS staged;
    PERFORM rollforward.draw_beyond('rollforward_data.instrument_instrument_id_seq', highest);

    ordinals := ARRAY(SELECT generate_series(1, places));
    statuses := array_fill('inserted'::text, ARRAY[places]);
    IF EXISTS (SELECT FROM rollforward_data.instrument_image) THEN
        -- what was deleted and comes again goes on counting
        versions := ARRAY(
            SELECT known.version
            FROM unnest(instrument_ids)
                WITH ORDINALITY AS place (instrument_id, ordinal)
            JOIN rollforward_data.instrument AS known USING (instrument_id)
            ORDER BY place.ordinal);
    ELSE
        versions := array_fill(1, ARRAY[places]);
    END IF;
EXCEPTION
    WHEN data_exception OR integrity_constraint_violation THEN
        versions := NULL;
END
$$;

COMMENT ON FUNCTION rollforward.insert_instrument_batch IS 'Inserts instruments that are given as arrays, unless something is wrong';
