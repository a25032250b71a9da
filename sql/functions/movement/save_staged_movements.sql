-- Saves the movements that this transaction has staged to one account, each once.
--
-- A movement is known by the digest of what was printed and by its occurrence among equal rows of the same file:
-- saving a file again adds nothing, and equal rows of one file stay distinct. The price is not part of the digest: it
-- follows from the amount, by a multiplier that may be corrected later.
--
-- What was deleted by delete_movement_batch is known too, and stays deleted.
--
-- An instrument without currency, which a profile has brought, takes that of its first movement.
--
-- account_number, broker   created when they are new; the base currency is that of the first movement
-- locks                    the account row
CREATE OR REPLACE FUNCTION rollforward.save_staged_movements(account_number text, broker text)
RETURNS rollforward.import_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    result rollforward.import_result;
    staged bigint;
BEGIN
    SELECT * INTO result.account_id, result.account_created
    FROM rollforward.ensure_account(
        account_number,
        broker,
        (SELECT currency FROM rollforward_data.movement_stage
         WHERE transaction_id = pg_current_xact_id()
         ORDER BY accounting_date, occurred_at, line
         LIMIT 1));

    SELECT count(*), min(accounting_date), max(accounting_date)
    INTO staged, result.first_date, result.last_date
    FROM rollforward_data.movement_stage
    WHERE transaction_id = pg_current_xact_id();

    UPDATE rollforward_data.instrument
    SET currency = first_movement.currency
    FROM (SELECT DISTINCT ON (named.symbol) named.symbol, staged.currency
          FROM rollforward_data.movement_stage AS staged
          CROSS JOIN LATERAL (VALUES (staged.symbol), (staged.to_symbol)) AS named (symbol)
          WHERE staged.transaction_id = pg_current_xact_id()
          ORDER BY named.symbol, staged.accounting_date, staged.occurred_at, staged.currency) AS first_movement
    WHERE instrument.currency IS NULL
      AND instrument.symbol = first_movement.symbol;

    WITH digested AS (
        SELECT movement_stage.*,
               sha256(convert_to(ROW(
                   kind, effect, side, extract(epoch FROM occurred_at), symbol, to_symbol, currency,
                   trim_scale(quantity), trim_scale(amount), trim_scale(commission),
                   trim_scale(fee), trim_scale(tax), commission_currency, trim_scale(counter_amount), counter_currency,
                   trim_scale(per_quantity), lot_ref, external_id, description)::text, 'UTF8')) AS digest
        FROM rollforward_data.movement_stage
        WHERE transaction_id = pg_current_xact_id()
    ),
    identified AS (
        SELECT digested.*,
               substr(sha256(digest || int8send(row_number() OVER (PARTITION BY digest ORDER BY line))), 1, 16) AS natural_key
        FROM digested
    ),
    saved AS (
        INSERT INTO rollforward_data.movement (
            account_id, occurred_at, accounting_date, kind, effect, side, currency, instrument_id, to_instrument_id,
            quantity, price, amount, commission, fee, tax, commission_currency, counter_amount, counter_currency, per_quantity,
            lot_ref, external_id, description, natural_key)
        SELECT result.account_id, identified.occurred_at, identified.accounting_date, identified.kind, identified.effect,
               identified.side, identified.currency, instrument.instrument_id, successor.instrument_id,
               identified.quantity, identified.price, identified.amount, identified.commission, identified.fee,
               identified.tax, identified.commission_currency, identified.counter_amount, identified.counter_currency,
               identified.per_quantity, identified.lot_ref, identified.external_id, identified.description, identified.natural_key
        FROM identified
        LEFT JOIN rollforward_data.instrument ON instrument.symbol = identified.symbol
        LEFT JOIN rollforward_data.instrument AS successor ON successor.symbol = identified.to_symbol
        WHERE NOT EXISTS (
            SELECT FROM rollforward_data.deleted_movement AS gone
            WHERE gone.account_id = result.account_id
              AND gone.natural_key = identified.natural_key)
        ORDER BY identified.accounting_date, identified.occurred_at, identified.effect, identified.price, identified.natural_key
        ON CONFLICT ON CONSTRAINT movement_natural_key DO NOTHING
        RETURNING 1
    )
    SELECT count(*), staged - count(*) INTO result.saved, result.already_known FROM saved;

    DELETE FROM rollforward_data.movement_stage
    WHERE transaction_id = pg_current_xact_id();

    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.save_staged_movements IS 'Saves the movements staged by this transaction to one account, each once';
