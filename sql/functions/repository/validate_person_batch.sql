-- What would be wrong with saving persons: a row for each offence, in the order of the arrays; none when they can be saved.
--
-- Arguments are those of save_person_batch; nothing is saved.
--
-- returns   ordinal: which row, counted from 1; code, field, value: what is wrong with it; message: the same for people.
--           Codes are listed at batch_offence
-- errors    22R01 an array that must be given is NULL, or arrays differ in length
CREATE OR REPLACE FUNCTION rollforward.validate_person_batch(
    names text[],
    person_ids bigint[] DEFAULT NULL,
    base_currencies text[] DEFAULT NULL,
    organization_ids bigint[] DEFAULT NULL,
    on_conflict text DEFAULT 'error'
)
RETURNS SETOF rollforward.batch_offence
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.stage_person_batch(
        names, person_ids, base_currencies, organization_ids);
    RETURN QUERY SELECT * FROM rollforward.validate_person_stage(on_conflict);
END
$$;

COMMENT ON FUNCTION rollforward.validate_person_batch IS 'What would be wrong with saving persons';
