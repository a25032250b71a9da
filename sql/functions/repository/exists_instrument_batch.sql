-- Whether there are instruments of these keys: instrument_id.
--
-- returns     a row for each place in the arrays, in their order; version is NULL where there is none
-- errors      22R01 an argument is NULL
-- relies on   instrument_pkey
CREATE OR REPLACE FUNCTION rollforward.exists_instrument_batch(instrument_ids bigint[])
RETURNS TABLE (ordinal integer, instrument_id bigint, is_known boolean, version integer)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.given(exists_instrument_batch.instrument_ids, 'instrument_ids');

    RETURN QUERY
    SELECT asked.ordinal::integer, asked.instrument_id, known.version IS NOT NULL, known.version
    FROM unnest(instrument_ids)
        WITH ORDINALITY AS asked (instrument_id, ordinal)
    LEFT JOIN rollforward_data.instrument AS known USING (instrument_id)
    ORDER BY asked.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.exists_instrument_batch IS 'Whether there are instruments of these keys';
