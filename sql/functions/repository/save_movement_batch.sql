-- Saves movements: all of them or none.
--
-- the arrays        one for each column, of one length, with a row at each place. What has no array, or a NULL in it, is NULL, or
--                   what the table has for it
-- on_conflict       what becomes of one that is stored already, called by account_id, movement_id if given, else by account_id, natural_key: error refuses the
--                   batch, skip leaves it, update makes it what is given here
-- idempotency_key   a call that has the key of an earlier one does nothing, and returns what that returned
-- returns           a row for each place in the arrays, in their order; status is inserted, updated, unchanged or skipped
-- errors            22R01 an array that must be given is NULL, or arrays differ in length
--                   23R01 something is wrong: DETAIL lists the first hundred offences, see validate_movement_batch
-- locks             rows that are written, in the order of account_id, natural_key; the table, if others were faster three times
CREATE OR REPLACE FUNCTION rollforward.save_movement_batch(
    account_ids bigint[],
    occurred_ats timestamptz[],
    accounting_dates date[],
    kinds text[],
    currencies text[],
    movement_ids bigint[] DEFAULT NULL,
    effects text[] DEFAULT NULL,
    sides text[] DEFAULT NULL,
    instrument_ids bigint[] DEFAULT NULL,
    to_instrument_ids bigint[] DEFAULT NULL,
    quantities numeric[] DEFAULT NULL,
    prices numeric[] DEFAULT NULL,
    amounts numeric[] DEFAULT NULL,
    commissions numeric[] DEFAULT NULL,
    fees numeric[] DEFAULT NULL,
    taxes numeric[] DEFAULT NULL,
    commission_currencies text[] DEFAULT NULL,
    counter_amounts numeric[] DEFAULT NULL,
    counter_currencies text[] DEFAULT NULL,
    per_quantities numeric[] DEFAULT NULL,
    lot_refs text[] DEFAULT NULL,
    external_ids text[] DEFAULT NULL,
    descriptions text[] DEFAULT NULL,
    natural_keys bytea[] DEFAULT NULL,
    on_conflict text DEFAULT 'error',
    idempotency_key text DEFAULT NULL
)
RETURNS TABLE (ordinal integer, account_id bigint, movement_id bigint, status text, version integer)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.stage_movement_batch(
        account_ids, occurred_ats, accounting_dates, kinds, currencies, movement_ids, effects, sides, instrument_ids,
        to_instrument_ids, quantities, prices, amounts, commissions, fees, taxes, commission_currencies, counter_amounts,
        counter_currencies, per_quantities, lot_refs, external_ids, descriptions, natural_keys);
    RETURN QUERY SELECT * FROM rollforward.save_movement_stage(on_conflict, idempotency_key);
END
$$;

COMMENT ON FUNCTION rollforward.save_movement_batch IS 'Saves movements: all of them or none';
