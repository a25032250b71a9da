-- All versions of prices, called by instrument_id, price_date.
--
-- returns     in the order asked for, each in the order of its versions; nothing for what never was
-- errors      22R01 an argument is NULL, or the arrays differ in length
-- relies on   price_pkey, price_image_pkey
CREATE OR REPLACE FUNCTION rollforward.price_history(instrument_ids bigint[], price_dates date[])
RETURNS SETOF rollforward.price_version
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_same_length(jsonb_build_object(
        'instrument_ids', cardinality(rollforward.given(price_history.instrument_ids, 'instrument_ids')),
        'price_dates', cardinality(rollforward.given(price_history.price_dates, 'price_dates'))));

    RETURN QUERY
    SELECT known.*
    FROM unnest(price_history.instrument_ids, price_history.price_dates)
        WITH ORDINALITY AS asked (instrument_id, price_date, ordinal)
    JOIN rollforward.price_version AS known USING (instrument_id, price_date)
    ORDER BY asked.ordinal, known.version;
END
$$;

COMMENT ON FUNCTION rollforward.price_history IS 'All versions of prices';
