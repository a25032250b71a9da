-- Inserts the staged movements that have no status, in the order in which everybody writes movements.
--
-- errors   those of the table
CREATE OR REPLACE FUNCTION rollforward.insert_movement_stage()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO'
AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO rollforward_data.movement (
        account_id, occurred_at, accounting_date, kind, currency, movement_id, effect, side, instrument_id, to_instrument_id,
        quantity, price, amount, commission, fee, tax, commission_currency, counter_amount, counter_currency, per_quantity,
        lot_ref, external_id, description, natural_key, log_id, recorded_at)
    SELECT staged.account_id, staged.occurred_at, staged.accounting_date, staged.kind::rollforward_data.movement_kind,
           staged.currency, coalesce(staged.movement_id, nextval('rollforward_data.event_id')),
           staged.effect::rollforward_data.movement_effect, staged.side::rollforward_data.position_side,
           staged.instrument_id, staged.to_instrument_id, staged.quantity::rollforward_data.exact_quantity,
           staged.price::rollforward_data.exact_price, coalesce(staged.amount::rollforward_data.exact_money, 0),
           coalesce(staged.commission::rollforward_data.exact_money, 0),
           coalesce(staged.fee::rollforward_data.exact_money, 0), coalesce(staged.tax::rollforward_data.exact_money, 0),
           staged.commission_currency, staged.counter_amount::rollforward_data.exact_money, staged.counter_currency,
           staged.per_quantity::rollforward_data.exact_quantity, staged.lot_ref, staged.external_id, staged.description,
           staged.natural_key,
           (SELECT current_setting('rollforward.log_id')::bigint),
           (SELECT current_setting('rollforward.recorded_at')::timestamptz)
    FROM batch_movement AS staged
    WHERE staged.status IS NULL
    ORDER BY staged.account_id, staged.accounting_date, staged.occurred_at, staged.natural_key;
END
$$;

COMMENT ON FUNCTION rollforward.insert_movement_stage IS 'Inserts the staged movements that have no status';
