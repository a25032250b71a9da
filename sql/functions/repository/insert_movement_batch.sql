-- Inserts movements that are given as arrays, as most batches can be: nothing is staged and nothing looked for, since the
-- table refuses what cannot be stored.
--
-- returns   an array for each column of what save_movement_batch returns; versions is NULL where nothing was inserted: something is
--           wrong, or has to be decided, which is for those who stage it to find out
CREATE OR REPLACE FUNCTION rollforward.insert_movement_batch(
    INOUT account_ids bigint[],
    occurred_ats timestamptz[],
    accounting_dates date[],
    kinds text[],
    currencies text[],
    INOUT movement_ids bigint[],
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
    natural_keys bytea[],
    OUT ordinals integer[],
    OUT statuses text[],
    OUT versions integer[]
)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    places CONSTANT integer := cardinality(account_ids);
    highest CONSTANT bigint := (SELECT max(called.movement_id) FROM unnest(movement_ids) AS called (movement_id));
BEGIN
    -- whether they are to come again is asked of each of them
    IF EXISTS (
        SELECT FROM rollforward_data.deleted_movement AS gone
        WHERE gone.account_id = ANY (account_ids))
    THEN
        RETURN;
    END IF;

    WITH completed AS (
        SELECT staged.ordinal,
               staged.account_id, staged.occurred_at, staged.accounting_date, staged.kind, staged.currency,
               staged.movement_id, staged.effect, staged.side, staged.instrument_id, staged.to_instrument_id,
               staged.quantity, staged.price, staged.amount, staged.commission, staged.fee, staged.tax,
               staged.commission_currency, staged.counter_amount, staged.counter_currency, staged.per_quantity,
               staged.lot_ref, staged.external_id, staged.description,
               coalesce(staged.natural_key, substr(sha256(convert_to(ROW(
                   extract(epoch FROM staged.occurred_at), extract(epoch FROM staged.accounting_date), staged.kind,
                   staged.effect, staged.side, staged.currency, staged.instrument_id, staged.to_instrument_id,
                   trim_scale(round(staged.quantity, 12)), trim_scale(round(staged.price, 12)),
                   trim_scale(round(coalesce(staged.amount, 0), 8)), trim_scale(round(coalesce(staged.commission, 0), 8)),
                   trim_scale(round(coalesce(staged.fee, 0), 8)), trim_scale(round(coalesce(staged.tax, 0), 8)),
                   staged.commission_currency, trim_scale(round(staged.counter_amount, 8)), staged.counter_currency,
                   trim_scale(round(staged.per_quantity, 12)), staged.lot_ref, staged.external_id, staged.description
               )::text, 'UTF8')), 1, 16)) AS natural_key
        FROM unnest(
            account_ids, occurred_ats, accounting_dates, kinds, currencies, movement_ids, effects, sides, instrument_ids,
            to_instrument_ids, quantities, prices, amounts, commissions, fees, taxes, commission_currencies, counter_amounts,
            counter_currencies, per_quantities, lot_refs, external_ids, descriptions, natural_keys)
            WITH ORDINALITY AS staged (
                account_id, occurred_at, accounting_date, kind, currency, movement_id, effect, side, instrument_id,
                to_instrument_id, quantity, price, amount, commission, fee, tax, commission_currency, counter_amount,
                counter_currency, per_quantity, lot_ref, external_id, description, natural_key, ordinal)
    ),
    drawn AS MATERIALIZED (
        SELECT staged.ordinal,
               staged.account_id, staged.occurred_at, staged.accounting_date, staged.kind, staged.currency, staged.effect,
               staged.side, staged.instrument_id, staged.to_instrument_id, staged.quantity, staged.price, staged.amount,
               staged.commission, staged.fee, staged.tax, staged.commission_currency, staged.counter_amount,
               staged.counter_currency, staged.per_quantity, staged.lot_ref, staged.external_id, staged.description,
               staged.natural_key,
               coalesce(staged.movement_id, nextval('rollforward_data.event_id')) AS movement_id
        FROM completed AS staged
        ORDER BY staged.account_id, staged.accounting_date, staged.occurred_at, staged.natural_key
    ),
    written AS (
        INSERT INTO rollforward_data.movement (
            account_id, occurred_at, accounting_date, kind, currency, movement_id, effect, side, instrument_id,
            to_instrument_id, quantity, price, amount, commission, fee, tax, commission_currency, counter_amount,
            counter_currency, per_quantity, lot_ref, external_id, description, natural_key,
            log_id, recorded_at)
        SELECT staged.account_id, staged.occurred_at, staged.accounting_date, staged.kind::rollforward_data.movement_kind,
               staged.currency, staged.movement_id, staged.effect::rollforward_data.movement_effect,
               staged.side::rollforward_data.position_side, staged.instrument_id, staged.to_instrument_id,
               staged.quantity::rollforward_data.exact_quantity, staged.price::rollforward_data.exact_price,
               coalesce(staged.amount::rollforward_data.exact_money, 0),
               coalesce(staged.commission::rollforward_data.exact_money, 0),
               coalesce(staged.fee::rollforward_data.exact_money, 0), coalesce(staged.tax::rollforward_data.exact_money, 0),
               staged.commission_currency, staged.counter_amount::rollforward_data.exact_money, staged.counter_currency,
               staged.per_quantity::rollforward_data.exact_quantity, staged.lot_ref, staged.external_id, staged.description,
               staged.natural_key,
               (SELECT current_setting('rollforward.log_id')::bigint),
               (SELECT current_setting('rollforward.recorded_at')::timestamptz)
        FROM drawn AS staged
    )
    SELECT array_agg(staged.account_id ORDER BY staged.ordinal), array_agg(staged.movement_id ORDER BY staged.ordinal)
    INTO account_ids, movement_ids
    FROM drawn AS staged;
    PERFORM rollforward.draw_beyond('rollforward_data.event_id', highest);

    ordinals := ARRAY(SELECT generate_series(1, places));
    statuses := array_fill('inserted'::text, ARRAY[places]);
    IF EXISTS (SELECT FROM rollforward_data.movement_image) THEN
        -- what was deleted and comes again goes on counting
        versions := ARRAY(
            SELECT known.version
            FROM unnest(account_ids, movement_ids)
                WITH ORDINALITY AS place (account_id, movement_id, ordinal)
            JOIN rollforward_data.movement AS known USING (account_id, movement_id)
            ORDER BY place.ordinal);
    ELSE
        versions := array_fill(1, ARRAY[places]);
    END IF;
EXCEPTION
    WHEN data_exception OR integrity_constraint_violation THEN
        versions := NULL;
END
$$;

COMMENT ON FUNCTION rollforward.insert_movement_batch IS 'Inserts movements that are given as arrays, unless something is wrong';
