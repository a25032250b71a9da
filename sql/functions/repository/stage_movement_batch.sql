-- Stages movements that are given as arrays, one row for each place in them.
--
-- errors   22R01 an array that must be given is NULL, or arrays differ in length
CREATE OR REPLACE FUNCTION rollforward.stage_movement_batch(
    account_ids bigint[],
    occurred_ats timestamptz[],
    accounting_dates date[],
    kinds text[],
    currencies text[],
    movement_ids bigint[],
    effects text[],
    sides text[],
    instrument_ids bigint[],
    to_instrument_ids bigint[],
    quantities numeric[],
    prices numeric[],
    amounts numeric[],
    commissions numeric[],
    fees numeric[],
    taxes numeric[],
    commission_currencies text[],
    counter_amounts numeric[],
    counter_currencies text[],
    per_quantities numeric[],
    lot_refs text[],
    external_ids text[],
    descriptions text[],
    natural_keys bytea[]
)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF num_nulls(account_ids, occurred_ats, accounting_dates, kinds, currencies) > 0
       OR LEAST(
           cardinality(account_ids), cardinality(occurred_ats), cardinality(accounting_dates), cardinality(kinds),
           cardinality(currencies), cardinality(movement_ids), cardinality(effects), cardinality(sides),
           cardinality(instrument_ids), cardinality(to_instrument_ids), cardinality(quantities), cardinality(prices),
           cardinality(amounts), cardinality(commissions), cardinality(fees), cardinality(taxes),
           cardinality(commission_currencies), cardinality(counter_amounts), cardinality(counter_currencies),
           cardinality(per_quantities), cardinality(lot_refs), cardinality(external_ids), cardinality(descriptions),
           cardinality(natural_keys))
          <> GREATEST(
           cardinality(account_ids), cardinality(occurred_ats), cardinality(accounting_dates), cardinality(kinds),
           cardinality(currencies), cardinality(movement_ids), cardinality(effects), cardinality(sides),
           cardinality(instrument_ids), cardinality(to_instrument_ids), cardinality(quantities), cardinality(prices),
           cardinality(amounts), cardinality(commissions), cardinality(fees), cardinality(taxes),
           cardinality(commission_currencies), cardinality(counter_amounts), cardinality(counter_currencies),
           cardinality(per_quantities), cardinality(lot_refs), cardinality(external_ids), cardinality(descriptions),
           cardinality(natural_keys))
    THEN
        PERFORM rollforward.require_same_length(jsonb_strip_nulls(jsonb_build_object(
            'account_ids', cardinality(rollforward.given(account_ids, 'account_ids')),
            'occurred_ats', cardinality(rollforward.given(occurred_ats, 'occurred_ats')),
            'accounting_dates', cardinality(rollforward.given(accounting_dates, 'accounting_dates')),
            'kinds', cardinality(rollforward.given(kinds, 'kinds')),
            'currencies', cardinality(rollforward.given(currencies, 'currencies')),
            'movement_ids', cardinality(movement_ids),
            'effects', cardinality(effects),
            'sides', cardinality(sides),
            'instrument_ids', cardinality(instrument_ids),
            'to_instrument_ids', cardinality(to_instrument_ids),
            'quantities', cardinality(quantities),
            'prices', cardinality(prices),
            'amounts', cardinality(amounts),
            'commissions', cardinality(commissions),
            'fees', cardinality(fees),
            'taxes', cardinality(taxes),
            'commission_currencies', cardinality(commission_currencies),
            'counter_amounts', cardinality(counter_amounts),
            'counter_currencies', cardinality(counter_currencies),
            'per_quantities', cardinality(per_quantities),
            'lot_refs', cardinality(lot_refs),
            'external_ids', cardinality(external_ids),
            'descriptions', cardinality(descriptions),
            'natural_keys', cardinality(natural_keys))));
    END IF;

    PERFORM rollforward.prepare_batch('movement');
    INSERT INTO batch_movement (
        ordinal, account_id, occurred_at, accounting_date, kind, currency, movement_id, effect, side, instrument_id, to_instrument_id,
        quantity, price, amount, commission, fee, tax, commission_currency, counter_amount, counter_currency, per_quantity,
        lot_ref, external_id, description, natural_key)
    SELECT given.ordinal, given.account_id, given.occurred_at, given.accounting_date, given.kind, given.currency, given.movement_id,
           given.effect, given.side, given.instrument_id, given.to_instrument_id, given.quantity, given.price, given.amount,
           given.commission, given.fee, given.tax, given.commission_currency, given.counter_amount, given.counter_currency,
           given.per_quantity, given.lot_ref, given.external_id, given.description, given.natural_key
    FROM unnest(
        account_ids, occurred_ats, accounting_dates, kinds, currencies, movement_ids, effects, sides, instrument_ids,
        to_instrument_ids, quantities, prices, amounts, commissions, fees, taxes, commission_currencies, counter_amounts,
        counter_currencies, per_quantities, lot_refs, external_ids, descriptions, natural_keys)
        WITH ORDINALITY AS given (
            account_id, occurred_at, accounting_date, kind, currency, movement_id, effect, side, instrument_id,
            to_instrument_id, quantity, price, amount, commission, fee, tax, commission_currency, counter_amount,
            counter_currency, per_quantity, lot_ref, external_id, description, natural_key, ordinal);
END
$$;

COMMENT ON FUNCTION rollforward.stage_movement_batch IS 'Stages movements that are given as arrays';
