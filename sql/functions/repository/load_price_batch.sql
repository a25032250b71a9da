-- Prices as they are, called by instrument_id, price_date.
--
-- returns     a row for each place in the arrays, in their order; where there is none, all but the key is NULL
-- errors      22R01 an argument is NULL, or the arrays differ in length
-- relies on   price_pkey
CREATE OR REPLACE FUNCTION rollforward.load_price_batch(instrument_ids bigint[], price_dates date[])
RETURNS TABLE (
    ordinal integer,
    instrument_id bigint,
    price_date date,
    close rollforward_data.exact_price,
    version integer,
    recorded_at timestamptz
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_same_length(jsonb_build_object(
        'instrument_ids', cardinality(rollforward.given(load_price_batch.instrument_ids, 'instrument_ids')),
        'price_dates', cardinality(rollforward.given(load_price_batch.price_dates, 'price_dates'))));

    RETURN QUERY
    SELECT asked.ordinal::integer,
           asked.instrument_id, asked.price_date,
           known.close,
           known.version, known.recorded_at
    FROM unnest(instrument_ids, price_dates)
        WITH ORDINALITY AS asked (instrument_id, price_date, ordinal)
    LEFT JOIN rollforward_data.price AS known USING (instrument_id, price_date)
    ORDER BY asked.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.load_price_batch IS 'Prices as they are';
