-- What would be wrong with saving accounts: a row for each offence, in the order of the arrays; none when they can be saved.
--
-- Arguments are those of save_account_batch; nothing is saved.
--
-- returns   ordinal: which row, counted from 1; code, field, value: what is wrong with it; message: the same for people.
--           Codes are listed at batch_offence
-- errors    22R01 an array that must be given is NULL, or arrays differ in length
CREATE OR REPLACE FUNCTION rollforward.validate_account_batch(
    numbers text[],
    base_currencies text[],
    account_ids bigint[] DEFAULT NULL,
    person_ids bigint[] DEFAULT NULL,
    broker_ids bigint[] DEFAULT NULL,
    calendars text[] DEFAULT NULL,
    costs_in_lots boolean[] DEFAULT NULL,
    premium_in_costs boolean[] DEFAULT NULL,
    on_conflict text DEFAULT 'error'
)
RETURNS SETOF rollforward.batch_offence
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.stage_account_batch(
        numbers, base_currencies, account_ids, person_ids, broker_ids, calendars, costs_in_lots, premium_in_costs);
    RETURN QUERY SELECT * FROM rollforward.validate_account_stage(on_conflict);
END
$$;

COMMENT ON FUNCTION rollforward.validate_account_batch IS 'What would be wrong with saving accounts';
