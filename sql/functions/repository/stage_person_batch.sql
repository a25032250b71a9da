-- Stages persons that are given as arrays, one row for each place in them.
--
-- errors   22R01 an array that must be given is NULL, or arrays differ in length
CREATE OR REPLACE FUNCTION rollforward.stage_person_batch(
    names text[],
    person_ids bigint[],
    base_currencies text[],
    organization_ids bigint[]
)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF num_nulls(names) > 0
       OR LEAST(
           cardinality(names), cardinality(person_ids), cardinality(base_currencies), cardinality(organization_ids))
          <> GREATEST(
           cardinality(names), cardinality(person_ids), cardinality(base_currencies), cardinality(organization_ids))
    THEN
        PERFORM rollforward.require_same_length(jsonb_strip_nulls(jsonb_build_object(
            'names', cardinality(rollforward.given(names, 'names')),
            'person_ids', cardinality(person_ids),
            'base_currencies', cardinality(base_currencies),
            'organization_ids', cardinality(organization_ids))));
    END IF;

    PERFORM rollforward.prepare_batch('person');
    INSERT INTO batch_person (
        ordinal, name, person_id, base_currency, organization_id)
    SELECT given.ordinal, given.name, given.person_id, given.base_currency, given.organization_id
    FROM unnest(
        names, person_ids, base_currencies, organization_ids)
        WITH ORDINALITY AS given (
            name, person_id, base_currency, organization_id, ordinal);
END
$$;

COMMENT ON FUNCTION rollforward.stage_person_batch IS 'Stages persons that are given as arrays';
