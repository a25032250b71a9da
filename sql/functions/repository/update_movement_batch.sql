-- Updates movements, called by account_id, movement_id: all of them or none.
--
-- The other arrays      new values; what has no array stays as it is, and a NULL in an array is a NULL
-- expected_versions     the versions that the caller has seen; a row, or all of them, may have none
-- idempotency_key       a call that has the key of an earlier one does nothing, and returns what that returned
-- returns               a row for each place in the arrays, in their order; status is updated, or unchanged where all is so already
-- errors                22R01 an array that must be given is NULL, or arrays differ in length
--                       23R01 something is wrong: DETAIL lists the first hundred offences; 23R02 only versions are: load again
-- locks                 the rows, in the order of account_id, natural_key
CREATE OR REPLACE FUNCTION rollforward.update_movement_batch(
    account_ids bigint[],
    movement_ids bigint[],
    occurred_ats timestamptz[] DEFAULT NULL,
    accounting_dates date[] DEFAULT NULL,
    kinds text[] DEFAULT NULL,
    effects text[] DEFAULT NULL,
    sides text[] DEFAULT NULL,
    currencies text[] DEFAULT NULL,
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
    expected_versions integer[] DEFAULT NULL,
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
    PERFORM rollforward.require_same_length(jsonb_strip_nulls(jsonb_build_object(
        'account_ids', cardinality(rollforward.given(account_ids, 'account_ids')),
        'movement_ids', cardinality(rollforward.given(movement_ids, 'movement_ids')),
        'occurred_ats', cardinality(occurred_ats),
        'accounting_dates', cardinality(accounting_dates),
        'kinds', cardinality(kinds),
        'effects', cardinality(effects),
        'sides', cardinality(sides),
        'currencies', cardinality(currencies),
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
        'natural_keys', cardinality(natural_keys),
        'expected_versions', cardinality(expected_versions))));
    earlier := rollforward.earlier_result('movement', 'update', idempotency_key);
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

    PERFORM rollforward.prepare_batch('movement');
    -- what is not locked here is not changed below
    WITH locked AS (
        SELECT known.*
        FROM rollforward_data.movement AS known
        WHERE (known.account_id, known.movement_id) IN (SELECT * FROM unnest(account_ids, movement_ids))
        ORDER BY known.account_id, known.natural_key
        FOR NO KEY UPDATE OF known
    )
    INSERT INTO batch_movement (
        ordinal, account_id, movement_id, expected_version, stored_version, status,
        occurred_at, accounting_date, kind, effect, side, currency, instrument_id, to_instrument_id, quantity, price, amount,
        commission, fee, tax, commission_currency, counter_amount, counter_currency, per_quantity, lot_ref, external_id,
        description, natural_key)
    SELECT given.ordinal, given.account_id, given.movement_id, given.expected_version, known.version, 'unchanged',
           CASE WHEN occurred_ats IS NULL THEN known.occurred_at ELSE given.occurred_at END,
           CASE WHEN accounting_dates IS NULL THEN known.accounting_date ELSE given.accounting_date END,
           CASE WHEN kinds IS NULL THEN known.kind::text ELSE given.kind END,
           CASE WHEN effects IS NULL THEN known.effect::text ELSE given.effect END,
           CASE WHEN sides IS NULL THEN known.side::text ELSE given.side END,
           CASE WHEN currencies IS NULL THEN known.currency ELSE given.currency END,
           CASE WHEN instrument_ids IS NULL THEN known.instrument_id ELSE given.instrument_id END,
           CASE WHEN to_instrument_ids IS NULL THEN known.to_instrument_id ELSE given.to_instrument_id END,
           CASE WHEN quantities IS NULL THEN known.quantity ELSE given.quantity END,
           CASE WHEN prices IS NULL THEN known.price ELSE given.price END,
           CASE WHEN amounts IS NULL THEN known.amount ELSE given.amount END,
           CASE WHEN commissions IS NULL THEN known.commission ELSE given.commission END,
           CASE WHEN fees IS NULL THEN known.fee ELSE given.fee END,
           CASE WHEN taxes IS NULL THEN known.tax ELSE given.tax END,
           CASE WHEN commission_currencies IS NULL THEN known.commission_currency ELSE given.commission_currency END,
           CASE WHEN counter_amounts IS NULL THEN known.counter_amount ELSE given.counter_amount END,
           CASE WHEN counter_currencies IS NULL THEN known.counter_currency ELSE given.counter_currency END,
           CASE WHEN per_quantities IS NULL THEN known.per_quantity ELSE given.per_quantity END,
           CASE WHEN lot_refs IS NULL THEN known.lot_ref ELSE given.lot_ref END,
           CASE WHEN external_ids IS NULL THEN known.external_id ELSE given.external_id END,
           CASE WHEN descriptions IS NULL THEN known.description ELSE given.description END,
           CASE WHEN natural_keys IS NULL THEN known.natural_key ELSE given.natural_key END
    FROM unnest(
        account_ids, movement_ids, expected_versions,
        occurred_ats, accounting_dates, kinds, effects, sides, currencies, instrument_ids, to_instrument_ids, quantities,
        prices, amounts, commissions, fees, taxes, commission_currencies, counter_amounts, counter_currencies,
        per_quantities, lot_refs, external_ids, descriptions, natural_keys)
        WITH ORDINALITY AS given (
            account_id, movement_id, expected_version,
            occurred_at, accounting_date, kind, effect, side, currency, instrument_id, to_instrument_id, quantity, price,
            amount, commission, fee, tax, commission_currency, counter_amount, counter_currency, per_quantity, lot_ref,
            external_id, description, natural_key, ordinal)
    LEFT JOIN locked AS known USING (account_id, movement_id);
    IF EXISTS (
           SELECT FROM batch_movement AS staged
           WHERE staged.stored_version IS NULL
              OR staged.stored_version <> staged.expected_version)
       OR EXISTS (SELECT FROM batch_movement GROUP BY account_id, movement_id HAVING count(*) > 1)
    THEN
        PERFORM rollforward.refuse_batch('movement', 'update');
    END IF;

    BEGIN
        UPDATE batch_movement AS staged
        SET status = 'updated'
        FROM rollforward_data.movement AS known
        WHERE known.account_id = staged.account_id
          AND known.movement_id = staged.movement_id
          AND (known.occurred_at, known.accounting_date, known.kind, known.effect, known.side, known.currency,
               known.instrument_id, known.to_instrument_id, known.quantity, known.price, known.amount, known.commission,
               known.fee, known.tax, known.commission_currency, known.counter_amount, known.counter_currency,
               known.per_quantity, known.lot_ref, known.external_id, known.description, known.natural_key)
              IS DISTINCT FROM (
                  staged.occurred_at, staged.accounting_date, staged.kind::rollforward_data.movement_kind,
                  staged.effect::rollforward_data.movement_effect, staged.side::rollforward_data.position_side,
                  staged.currency, staged.instrument_id, staged.to_instrument_id,
                  staged.quantity::rollforward_data.exact_quantity, staged.price::rollforward_data.exact_price,
                  staged.amount::rollforward_data.exact_money, staged.commission::rollforward_data.exact_money,
                  staged.fee::rollforward_data.exact_money, staged.tax::rollforward_data.exact_money,
                  staged.commission_currency, staged.counter_amount::rollforward_data.exact_money, staged.counter_currency,
                  staged.per_quantity::rollforward_data.exact_quantity, staged.lot_ref, staged.external_id,
                  staged.description, staged.natural_key);

        UPDATE rollforward_data.movement AS known
        SET occurred_at = staged.occurred_at, accounting_date = staged.accounting_date,
            kind = staged.kind::rollforward_data.movement_kind, effect = staged.effect::rollforward_data.movement_effect,
            side = staged.side::rollforward_data.position_side, currency = staged.currency,
            instrument_id = staged.instrument_id, to_instrument_id = staged.to_instrument_id,
            quantity = staged.quantity::rollforward_data.exact_quantity, price = staged.price::rollforward_data.exact_price,
            amount = staged.amount::rollforward_data.exact_money,
            commission = staged.commission::rollforward_data.exact_money, fee = staged.fee::rollforward_data.exact_money,
            tax = staged.tax::rollforward_data.exact_money, commission_currency = staged.commission_currency,
            counter_amount = staged.counter_amount::rollforward_data.exact_money, counter_currency = staged.counter_currency,
            per_quantity = staged.per_quantity::rollforward_data.exact_quantity, lot_ref = staged.lot_ref,
            external_id = staged.external_id, description = staged.description, natural_key = staged.natural_key
        FROM batch_movement AS staged
        WHERE staged.status = 'updated'
          AND known.account_id = staged.account_id
          AND known.movement_id = staged.movement_id;
    EXCEPTION
        WHEN data_exception OR integrity_constraint_violation THEN
            PERFORM rollforward.refuse_batch('movement', 'update');
            RAISE;
    END;

    outcome := rollforward.movement_stage_outcome();
    PERFORM rollforward.finish_batch(
        'movement', 'update', began, outcome.statuses, idempotency_key,
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
END
$$;

COMMENT ON FUNCTION rollforward.update_movement_batch IS 'Updates movements: all of them or none';
