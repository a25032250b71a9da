-- What would be wrong with saving movements: a row for each offence, in the order of the arrays; none when they can be saved.
--
-- Arguments are those of save_movement_batch; nothing is saved.
--
-- returns   ordinal: which row, counted from 1; code, field, value: what is wrong with it; message: the same for people.
--           Codes are listed at batch_offence
-- errors    22R01 an array that must be given is NULL, or arrays differ in length
CREATE OR REPLACE FUNCTION rollforward.validate_movement_batch(
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
    on_conflict text DEFAULT 'error'
)
RETURNS SETOF rollforward.batch_offence
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.stage_movement_batch(
        account_ids, occurred_ats, accounting_dates, kinds, currencies, movement_ids, effects, sides, instrument_ids,
        to_instrument_ids, quantities, prices, amounts, commissions, fees, taxes, commission_currencies, counter_amounts,
        counter_currencies, per_quantities, lot_refs, external_ids, descriptions, natural_keys);
    RETURN QUERY SELECT * FROM rollforward.validate_movement_stage(on_conflict);
END
$$;

COMMENT ON FUNCTION rollforward.validate_movement_batch IS 'What would be wrong with saving movements';
