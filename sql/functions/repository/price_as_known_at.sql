-- Prices as they were known at some moment, called by instrument_id, price_date.
--
-- as_of       what was recorded later is left out
-- returns     the version that stood then, in the order asked for; nothing for what was not there
-- errors      22R01 an argument is NULL, or the arrays differ in length
-- relies on   price_pkey, price_image_pkey
CREATE OR REPLACE FUNCTION rollforward.price_as_known_at(instrument_ids bigint[], price_dates date[], as_of timestamptz)
RETURNS SETOF rollforward.price_version
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.given(price_as_known_at.as_of, 'as_of');
    PERFORM rollforward.require_same_length(jsonb_build_object(
        'instrument_ids', cardinality(rollforward.given(price_as_known_at.instrument_ids, 'instrument_ids')),
        'price_dates', cardinality(rollforward.given(price_as_known_at.price_dates, 'price_dates'))));

    RETURN QUERY
    SELECT latest.*
    FROM unnest(price_as_known_at.instrument_ids, price_as_known_at.price_dates)
        WITH ORDINALITY AS asked (instrument_id, price_date, ordinal)
    CROSS JOIN LATERAL (
        SELECT known.*
        FROM rollforward.price_version AS known
        WHERE known.instrument_id = asked.instrument_id
          AND known.price_date = asked.price_date
          AND known.recorded_at <= price_as_known_at.as_of
        ORDER BY known.version DESC
        LIMIT 1
    ) AS latest
    WHERE latest.deleted_at IS NULL
       OR latest.deleted_at > price_as_known_at.as_of
    ORDER BY asked.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.price_as_known_at IS 'Prices as they were known at some moment';
