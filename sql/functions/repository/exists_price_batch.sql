-- Whether there are prices of these keys: instrument_id, price_date.
--
-- returns     a row for each place in the arrays, in their order; version is NULL where there is none
-- errors      22R01 an argument is NULL, or the arrays differ in length
-- relies on   price_pkey
CREATE OR REPLACE FUNCTION rollforward.exists_price_batch(instrument_ids bigint[], price_dates date[])
RETURNS TABLE (ordinal integer, instrument_id bigint, price_date date, is_known boolean, version integer)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_same_length(jsonb_build_object(
        'instrument_ids', cardinality(rollforward.given(exists_price_batch.instrument_ids, 'instrument_ids')),
        'price_dates', cardinality(rollforward.given(exists_price_batch.price_dates, 'price_dates'))));

    RETURN QUERY
    SELECT asked.ordinal::integer, asked.instrument_id, asked.price_date, known.version IS NOT NULL, known.version
    FROM unnest(instrument_ids, price_dates)
        WITH ORDINALITY AS asked (instrument_id, price_date, ordinal)
    LEFT JOIN rollforward_data.price AS known USING (instrument_id, price_date)
    ORDER BY asked.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.exists_price_batch IS 'Whether there are prices of these keys';
