-- All versions of persons, called by person_id.
--
-- returns     in the order asked for, each in the order of its versions; nothing for what never was
-- errors      22R01 an argument is NULL
-- relies on   person_pkey, person_image_pkey
CREATE OR REPLACE FUNCTION rollforward.person_history(person_ids bigint[])
RETURNS SETOF rollforward.person_version
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.given(person_history.person_ids, 'person_ids');

    RETURN QUERY
    SELECT known.*
    FROM unnest(person_history.person_ids)
        WITH ORDINALITY AS asked (person_id, ordinal)
    JOIN rollforward.person_version AS known USING (person_id)
    ORDER BY asked.ordinal, known.version;
END
$$;

COMMENT ON FUNCTION rollforward.person_history IS 'All versions of persons';
