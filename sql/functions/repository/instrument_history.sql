-- All versions of instruments, called by instrument_id.
--
-- returns     in the order asked for, each in the order of its versions; nothing for what never was
-- errors      22R01 an argument is NULL
-- relies on   instrument_pkey, instrument_image_pkey
CREATE OR REPLACE FUNCTION rollforward.instrument_history(instrument_ids bigint[])
RETURNS SETOF rollforward.instrument_version
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.given(instrument_history.instrument_ids, 'instrument_ids');

    RETURN QUERY
    SELECT known.*
    FROM unnest(instrument_history.instrument_ids)
        WITH ORDINALITY AS asked (instrument_id, ordinal)
    JOIN rollforward.instrument_version AS known USING (instrument_id)
    ORDER BY asked.ordinal, known.version;
END
$$;

COMMENT ON FUNCTION rollforward.instrument_history IS 'All versions of instruments';
