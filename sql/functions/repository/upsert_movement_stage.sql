-- Writes staged movements: those that are not stored are inserted, those that are become what is staged.
--
-- In one pass, in the order in which everybody writes movements, so that nobody waits in a circle: who looked first which are
-- there, and locked those, would meet others who came between.
--
-- errors   those of the table; 23505 too where another movement than the one that was called has one of its keys
-- locks    the rows, in the order of account_id, natural_key
CREATE OR REPLACE FUNCTION rollforward.upsert_movement_stage()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    -- who is called by movement_id may be given another natural_key
    WITH renamed AS (
        SELECT known.account_id, known.movement_id, known.version
        FROM rollforward_data.movement AS known
        JOIN batch_movement AS staged USING (account_id, movement_id)
        WHERE known.natural_key <> staged.natural_key
          AND staged.status IS NULL
        ORDER BY known.account_id, known.natural_key
        FOR UPDATE OF known
    )
    UPDATE batch_movement AS staged
    SET stored_version = renamed.version, status = 'updated'
    FROM renamed
    WHERE renamed.account_id = staged.account_id
      AND renamed.movement_id = staged.movement_id;

    UPDATE rollforward_data.movement AS known
    SET occurred_at = staged.occurred_at, accounting_date = staged.accounting_date,
        kind = staged.kind::rollforward_data.movement_kind, effect = staged.effect::rollforward_data.movement_effect,
        side = staged.side::rollforward_data.position_side, currency = staged.currency, instrument_id = staged.instrument_id,
        to_instrument_id = staged.to_instrument_id, quantity = staged.quantity::rollforward_data.exact_quantity,
        price = staged.price::rollforward_data.exact_price,
        amount = coalesce(staged.amount::rollforward_data.exact_money, 0),
        commission = coalesce(staged.commission::rollforward_data.exact_money, 0),
        fee = coalesce(staged.fee::rollforward_data.exact_money, 0),
        tax = coalesce(staged.tax::rollforward_data.exact_money, 0), commission_currency = staged.commission_currency,
        counter_amount = staged.counter_amount::rollforward_data.exact_money, counter_currency = staged.counter_currency,
        per_quantity = staged.per_quantity::rollforward_data.exact_quantity, lot_ref = staged.lot_ref,
        external_id = staged.external_id, description = staged.description, natural_key = staged.natural_key
    FROM batch_movement AS staged
    WHERE staged.status = 'updated'
      AND known.account_id = staged.account_id
      AND known.movement_id = staged.movement_id;

    WITH written AS (
        INSERT INTO rollforward_data.movement AS known (
            account_id, occurred_at, accounting_date, kind, currency, movement_id, effect, side, instrument_id,
            to_instrument_id, quantity, price, amount, commission, fee, tax, commission_currency, counter_amount,
            counter_currency, per_quantity, lot_ref, external_id, description, natural_key,
            log_id, recorded_at)
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
        ORDER BY staged.account_id, staged.natural_key
        ON CONFLICT (account_id, natural_key) DO UPDATE
        SET occurred_at = excluded.occurred_at, accounting_date = excluded.accounting_date, kind = excluded.kind,
            effect = excluded.effect, side = excluded.side, currency = excluded.currency,
            instrument_id = excluded.instrument_id, to_instrument_id = excluded.to_instrument_id,
            quantity = excluded.quantity, price = excluded.price, amount = excluded.amount, commission = excluded.commission,
            fee = excluded.fee, tax = excluded.tax, commission_currency = excluded.commission_currency,
            counter_amount = excluded.counter_amount, counter_currency = excluded.counter_currency,
            per_quantity = excluded.per_quantity, lot_ref = excluded.lot_ref, external_id = excluded.external_id,
            description = excluded.description, natural_key = excluded.natural_key
        WHERE (known.occurred_at, known.accounting_date, known.kind, known.effect, known.side, known.currency,
               known.instrument_id, known.to_instrument_id, known.quantity, known.price, known.amount, known.commission,
               known.fee, known.tax, known.commission_currency, known.counter_amount, known.counter_currency,
               known.per_quantity, known.lot_ref, known.external_id, known.description, known.natural_key)
              IS DISTINCT FROM (
                  excluded.occurred_at, excluded.accounting_date, excluded.kind, excluded.effect, excluded.side,
                  excluded.currency, excluded.instrument_id, excluded.to_instrument_id, excluded.quantity, excluded.price,
                  excluded.amount, excluded.commission, excluded.fee, excluded.tax, excluded.commission_currency,
                  excluded.counter_amount, excluded.counter_currency, excluded.per_quantity, excluded.lot_ref,
                  excluded.external_id, excluded.description, excluded.natural_key)
        RETURNING known.account_id, known.natural_key, known.version,
                  known.xmax = 0 AS is_new  -- what is updated was locked first, and xmax says by whom
    )
    UPDATE batch_movement AS staged
    SET stored_version = written.version,
        status = CASE WHEN written.is_new THEN 'inserted' ELSE 'updated' END
    FROM written
    WHERE written.account_id = staged.account_id
      AND written.natural_key = staged.natural_key;

    UPDATE batch_movement AS staged
    SET stored_version = known.version,
        status = 'unchanged'
    FROM rollforward_data.movement AS known
    WHERE staged.status IS NULL
      AND known.account_id = staged.account_id
      AND known.natural_key = staged.natural_key;

    IF EXISTS (
        SELECT FROM batch_movement AS staged
        JOIN rollforward_data.movement AS known USING (account_id, natural_key)
        WHERE known.movement_id <> staged.movement_id)
    THEN
        RAISE EXCEPTION 'one movement is called, and another one has its natural_key'
            USING ERRCODE = '23505';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.upsert_movement_stage IS 'Writes staged movements: inserts them, or makes the stored ones what is staged';
