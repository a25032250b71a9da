-- Stages prices that are given as arrays, one row for each place in them.
--
-- errors   22R01 an array that must be given is NULL, or arrays differ in length
CREATE OR REPLACE FUNCTION rollforward.stage_price_batch(
    instrument_ids bigint[],
    price_dates date[],
    closes numeric[]
)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF num_nulls(instrument_ids, price_dates, closes) > 0
       OR LEAST(
           cardinality(instrument_ids), cardinality(price_dates), cardinality(closes))
          <> GREATEST(
           cardinality(instrument_ids), cardinality(price_dates), cardinality(closes))
    THEN
        PERFORM rollforward.require_same_length(jsonb_strip_nulls(jsonb_build_object(
            'instrument_ids', cardinality(rollforward.given(instrument_ids, 'instrument_ids')),
            'price_dates', cardinality(rollforward.given(price_dates, 'price_dates')),
            'closes', cardinality(rollforward.given(closes, 'closes')))));
    END IF;

    PERFORM rollforward.prepare_batch('price');
    INSERT INTO batch_price (
        ordinal, instrument_id, price_date, close)
    SELECT given.ordinal, given.instrument_id, given.price_date, given.close
    FROM unnest(
        instrument_ids, price_dates, closes)
        WITH ORDINALITY AS given (
            instrument_id, price_date, close, ordinal);
END
$$;

COMMENT ON FUNCTION rollforward.stage_price_batch IS 'Stages prices that are given as arrays';
