-- Persons as they are, called by person_id.
--
-- returns     a row for each place in the arrays, in their order; where there is none, all but the key is NULL
-- errors      22R01 an argument is NULL
-- relies on   person_pkey
CREATE OR REPLACE FUNCTION rollforward.load_person_batch(person_ids bigint[])
RETURNS TABLE (
    ordinal integer,
    person_id bigint,
    name text,
    base_currency rollforward_data.currency_code,
    organization_id bigint,
    version integer,
    recorded_at timestamptz
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.given(load_person_batch.person_ids, 'person_ids');

    RETURN QUERY
    SELECT asked.ordinal::integer,
           asked.person_id,
           known.name, known.base_currency, known.organization_id,
           known.version, known.recorded_at
    FROM unnest(person_ids)
        WITH ORDINALITY AS asked (person_id, ordinal)
    LEFT JOIN rollforward_data.person AS known USING (person_id)
    ORDER BY asked.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.load_person_batch IS 'Persons as they are';
