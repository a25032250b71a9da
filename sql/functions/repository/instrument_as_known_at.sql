-- Instruments as they were known at some moment, called by instrument_id.
--
-- as_of       what was recorded later is left out
-- returns     the version that stood then, in the order asked for; nothing for what was not there
-- errors      22R01 an argument is NULL
-- relies on   instrument_pkey, instrument_image_pkey
CREATE OR REPLACE FUNCTION rollforward.instrument_as_known_at(instrument_ids bigint[], as_of timestamptz)
RETURNS SETOF rollforward.instrument_version
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.given(instrument_as_known_at.as_of, 'as_of');
    PERFORM rollforward.given(instrument_as_known_at.instrument_ids, 'instrument_ids');

    RETURN QUERY
    SELECT latest.*
    FROM unnest(instrument_as_known_at.instrument_ids)
        WITH ORDINALITY AS asked (instrument_id, ordinal)
    CROSS JOIN LATERAL (
        SELECT known.*
        FROM rollforward.instrument_version AS known
        WHERE known.instrument_id = asked.instrument_id
          AND known.recorded_at <= instrument_as_known_at.as_of
        ORDER BY known.version DESC
        LIMIT 1
    ) AS latest
    WHERE latest.deleted_at IS NULL
       OR latest.deleted_at > instrument_as_known_at.as_of
    ORDER BY asked.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.instrument_as_known_at IS 'Instruments as they were known at some moment';
