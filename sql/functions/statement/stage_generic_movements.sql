-- Turns the staged generic rows of this transaction into instruments and staged movements.
--
-- A symbol that nobody knows yet becomes a stock in the currency of its first row: profiles that say better come first.
CREATE OR REPLACE FUNCTION rollforward.stage_generic_movements()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.instrument (symbol, kind, currency)
    SELECT DISTINCT ON (reading.symbol) reading.symbol, 'stock'::rollforward_data.instrument_kind, reading.currency
    FROM rollforward.generic_reading AS reading
    WHERE reading.symbol IS NOT NULL
      AND NOT EXISTS (SELECT FROM rollforward_data.instrument WHERE instrument.symbol = reading.symbol)
    ORDER BY reading.symbol, reading.occurred_at, reading.line
    ON CONFLICT ON CONSTRAINT instrument_symbol_key DO NOTHING;

    INSERT INTO rollforward_data.movement_stage (
        line, occurred_at, accounting_date, kind, effect, symbol, currency, quantity, price, amount, commission, fee, tax,
        commission_currency, counter_amount, counter_currency, lot_ref, external_id, description)
    SELECT reading.line, reading.occurred_at, reading.accounting_date, reading.kind::rollforward_data.movement_kind,
           reading.effect::rollforward_data.movement_effect, reading.symbol, reading.currency, reading.quantity, reading.price,
           reading.amount, reading.commission, reading.fee, reading.tax, reading.commission_currency, reading.counter_amount,
           reading.counter_currency, reading.lot_ref, reading.external_id, reading.description
    FROM rollforward.generic_reading AS reading
    ORDER BY reading.line;

    DELETE FROM rollforward_data.generic_row
    WHERE transaction_id = pg_current_xact_id();
END
$$;

COMMENT ON FUNCTION rollforward.stage_generic_movements IS 'Turns staged generic rows into instruments and staged movements';
