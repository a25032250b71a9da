-- Saves accounts: all of them or none.
--
-- the arrays        one for each column, of one length, with a row at each place. What has no array, or a NULL in it, is NULL, or
--                   what the table has for it
-- on_conflict       what becomes of one that is stored already, called by account_id if given, else by number: error refuses the
--                   batch, skip leaves it, update makes it what is given here
-- idempotency_key   a call that has the key of an earlier one does nothing, and returns what that returned
-- returns           a row for each place in the arrays, in their order; status is inserted, updated, unchanged or skipped
-- errors            22R01 an array that must be given is NULL, or arrays differ in length
--                   23R01 something is wrong: DETAIL lists the first hundred offences, see validate_account_batch
-- locks             rows that are written, in the order of number; the table, if others were faster three times
CREATE OR REPLACE FUNCTION rollforward.save_account_batch(
    numbers text[],
    base_currencies text[],
    account_ids bigint[] DEFAULT NULL,
    person_ids bigint[] DEFAULT NULL,
    broker_ids bigint[] DEFAULT NULL,
    calendars text[] DEFAULT NULL,
    costs_in_lots boolean[] DEFAULT NULL,
    premium_in_costs boolean[] DEFAULT NULL,
    on_conflict text DEFAULT 'error',
    idempotency_key text DEFAULT NULL
)
RETURNS TABLE (ordinal integer, account_id bigint, status text, version integer)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.stage_account_batch(
        numbers, base_currencies, account_ids, person_ids, broker_ids, calendars, costs_in_lots, premium_in_costs);
    RETURN QUERY SELECT * FROM rollforward.save_account_stage(on_conflict, idempotency_key);
END
$$;

COMMENT ON FUNCTION rollforward.save_account_batch IS 'Saves accounts: all of them or none';
