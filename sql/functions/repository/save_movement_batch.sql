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
SET datestyle = 'ISO'
AS $$
#variable_conflict use_column
DECLARE
    began CONSTANT timestamptz := clock_timestamp();
    earlier jsonb;
    outcome record;
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
    IF save_movement_batch.on_conflict = 'error' THEN
        earlier := rollforward.earlier_result('movement', 'save', idempotency_key);
        IF earlier IS NOT NULL THEN
            RETURN QUERY
            SELECT *
            FROM unnest(
                (earlier ->> 'ordinals')::integer[],
                (earlier ->> 'account_ids')::bigint[],
                (earlier ->> 'movement_ids')::bigint[],
                (earlier ->> 'statuses')::text[],
                (earlier ->> 'versions')::integer[]);
            RETURN;
        END IF;

        outcome := rollforward.insert_movement_batch(
            account_ids, occurred_ats, accounting_dates, kinds, currencies, movement_ids, effects, sides, instrument_ids,
            to_instrument_ids, quantities, prices, amounts, commissions, fees, taxes, commission_currencies, counter_amounts,
            counter_currencies, per_quantities, lot_refs, external_ids, descriptions, natural_keys);
        IF outcome.versions IS NOT NULL THEN
            PERFORM rollforward.finish_batch(
                'movement', 'save', began, outcome.statuses, idempotency_key,
                CASE WHEN idempotency_key IS NOT NULL THEN jsonb_build_object(
                    'ordinals', outcome.ordinals::text,
                    'account_ids', outcome.account_ids::text,
                    'movement_ids', outcome.movement_ids::text,
                    'statuses', outcome.statuses::text,
                    'versions', outcome.versions::text)
                END);
            RETURN QUERY
            SELECT *
            FROM unnest(outcome.ordinals, outcome.account_ids, outcome.movement_ids, outcome.statuses, outcome.versions);
            RETURN;
        END IF;
    END IF;

    PERFORM rollforward.stage_movement_batch(
        account_ids, occurred_ats, accounting_dates, kinds, currencies, movement_ids, effects, sides, instrument_ids,
        to_instrument_ids, quantities, prices, amounts, commissions, fees, taxes, commission_currencies, counter_amounts,
        counter_currencies, per_quantities, lot_refs, external_ids, descriptions, natural_keys);
    RETURN QUERY SELECT * FROM rollforward.save_movement_stage(on_conflict, idempotency_key);
END
$$;

COMMENT ON FUNCTION rollforward.save_movement_batch IS 'Saves movements: all of them or none';
