-- Saves persons: all of them or none.
--
-- the arrays        one for each column, of one length, with a row at each place. What has no array, or a NULL in it, is NULL, or
--                   what the table has for it
-- on_conflict       what becomes of one that is stored already, called by person_id if given, else by name: error refuses the
--                   batch, skip leaves it, update makes it what is given here
-- idempotency_key   a call that has the key of an earlier one does nothing, and returns what that returned
-- returns           a row for each place in the arrays, in their order; status is inserted, updated, unchanged or skipped
-- errors            22R01 an array that must be given is NULL, or arrays differ in length
--                   23R01 something is wrong: DETAIL lists the first hundred offences, see validate_person_batch
-- locks             rows that are written, in the order of name; the table, if others were faster three times
CREATE OR REPLACE FUNCTION rollforward.save_person_batch(
    names text[],
    person_ids bigint[] DEFAULT NULL,
    base_currencies text[] DEFAULT NULL,
    organization_ids bigint[] DEFAULT NULL,
    on_conflict text DEFAULT 'error',
    idempotency_key text DEFAULT NULL
)
RETURNS TABLE (ordinal integer, person_id bigint, status text, version integer)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.stage_person_batch(
        names, person_ids, base_currencies, organization_ids);
    RETURN QUERY SELECT * FROM rollforward.save_person_stage(on_conflict, idempotency_key);
END
$$;

COMMENT ON FUNCTION rollforward.save_person_batch IS 'Saves persons: all of them or none';
