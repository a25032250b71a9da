-- Whether there are persons of these keys: person_id.
--
-- returns     a row for each place in the arrays, in their order; version is NULL where there is none
-- errors      22R01 an argument is NULL
-- relies on   person_pkey
CREATE OR REPLACE FUNCTION rollforward.exists_person_batch(person_ids bigint[])
RETURNS TABLE (ordinal integer, person_id bigint, is_known boolean, version integer)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.given(exists_person_batch.person_ids, 'person_ids');

    RETURN QUERY
    SELECT asked.ordinal::integer, asked.person_id, known.version IS NOT NULL, known.version
    FROM unnest(person_ids)
        WITH ORDINALITY AS asked (person_id, ordinal)
    LEFT JOIN rollforward_data.person AS known USING (person_id)
    ORDER BY asked.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.exists_person_batch IS 'Whether there are persons of these keys';
