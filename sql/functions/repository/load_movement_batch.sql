-- Movements as they are, called by account_id, movement_id.
--
-- returns     a row for each place in the arrays, in their order; where there is none, all but the key is NULL
-- errors      22R01 an argument is NULL, or the arrays differ in length
-- relies on   movement_pkey
CREATE OR REPLACE FUNCTION rollforward.load_movement_batch(account_ids bigint[], movement_ids bigint[])
RETURNS TABLE (
    ordinal integer,
    account_id bigint,
    movement_id bigint,
    occurred_at timestamptz,
    accounting_date date,
    kind rollforward_data.movement_kind,
    effect rollforward_data.movement_effect,
    side rollforward_data.position_side,
    currency rollforward_data.currency_code,
    instrument_id bigint,
    to_instrument_id bigint,
    quantity rollforward_data.exact_quantity,
    price rollforward_data.exact_price,
    amount rollforward_data.exact_money,
    commission rollforward_data.exact_money,
    fee rollforward_data.exact_money,
    tax rollforward_data.exact_money,
    commission_currency rollforward_data.currency_code,
    counter_amount rollforward_data.exact_money,
    counter_currency rollforward_data.currency_code,
    per_quantity rollforward_data.exact_quantity,
    lot_ref text,
    external_id text,
    description text,
    natural_key bytea,
    version integer,
    recorded_at timestamptz
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_same_length(jsonb_build_object(
        'account_ids', cardinality(rollforward.given(load_movement_batch.account_ids, 'account_ids')),
        'movement_ids', cardinality(rollforward.given(load_movement_batch.movement_ids, 'movement_ids'))));

    RETURN QUERY
    SELECT asked.ordinal::integer,
           asked.account_id, asked.movement_id,
           known.occurred_at, known.accounting_date, known.kind, known.effect, known.side, known.currency,
           known.instrument_id, known.to_instrument_id, known.quantity, known.price, known.amount, known.commission,
           known.fee, known.tax, known.commission_currency, known.counter_amount, known.counter_currency, known.per_quantity,
           known.lot_ref, known.external_id, known.description, known.natural_key,
           known.version, known.recorded_at
    FROM unnest(account_ids, movement_ids)
        WITH ORDINALITY AS asked (account_id, movement_id, ordinal)
    LEFT JOIN rollforward_data.movement AS known USING (account_id, movement_id)
    ORDER BY asked.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.load_movement_batch IS 'Movements as they are';
