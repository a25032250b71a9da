-- Persons as they were known at some moment, called by person_id.
--
-- as_of       what was recorded later is left out
-- returns     the version that stood then, in the order asked for; nothing for what was not there
-- errors      22R01 an argument is NULL
-- relies on   person_pkey, person_image_pkey
CREATE OR REPLACE FUNCTION rollforward.person_as_known_at(person_ids bigint[], as_of timestamptz)
RETURNS SETOF rollforward.person_version
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.given(person_as_known_at.as_of, 'as_of');
    PERFORM rollforward.given(person_as_known_at.person_ids, 'person_ids');

    RETURN QUERY
    SELECT latest.*
    FROM unnest(person_as_known_at.person_ids)
        WITH ORDINALITY AS asked (person_id, ordinal)
    CROSS JOIN LATERAL (
        SELECT known.*
        FROM rollforward.person_version AS known
        WHERE known.person_id = asked.person_id
          AND known.recorded_at <= person_as_known_at.as_of
        ORDER BY known.version DESC
        LIMIT 1
    ) AS latest
    WHERE latest.deleted_at IS NULL
       OR latest.deleted_at > person_as_known_at.as_of
    ORDER BY asked.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.person_as_known_at IS 'Persons as they were known at some moment';
