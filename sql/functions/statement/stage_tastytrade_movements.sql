-- Turns the staged Tastytrade rows of this transaction into instruments and staged movements.
--
-- The price of a trade is its value by its units, not the rounded one that is printed. A transfer in without value
-- takes the printed price as its cost. A dividend that is not positive is withheld tax. A transfer or deposit that
-- is negative is money going out.
CREATE OR REPLACE FUNCTION rollforward.stage_tastytrade_movements()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    WITH quoted AS (
        -- future options print multiplier 1; their descriptions quote the price of a unit
        SELECT reading.*,
               CASE WHEN (reading.printed).instrument_type = 'Future Option' AND reading.quantity > 0
                    THEN substring(reading.description FROM '@ (\d+(?:\.\d+)?)$')::numeric
               END AS quote
        FROM rollforward.tastytrade_reading AS reading
        WHERE reading.security <> 'cash'
    )
    INSERT INTO rollforward_data.instrument (symbol, kind, currency, multiplier, underlying, expiration, strike, option_right)
    SELECT DISTINCT ON (quoted.symbol)
           quoted.symbol,
           CASE (quoted.printed).instrument_type
               WHEN 'Equity' THEN 'stock'
               WHEN 'Equity Option' THEN 'option'
               ELSE 'future_option'
           END::rollforward_data.instrument_kind,
           quoted.currency,
           CASE quoted.security
               WHEN 'share' THEN 1
               ELSE coalesce(nullif(round(abs(quoted.value) / quoted.quantity / nullif(quoted.quote, 0)), 0), quoted.multiplier)
           END,
           CASE quoted.security WHEN 'option' THEN quoted.underlying END,
           CASE quoted.security WHEN 'option' THEN quoted.expiration END,
           CASE quoted.security WHEN 'option' THEN quoted.strike END,
           CASE quoted.security WHEN 'option' THEN quoted.option_right END
    FROM quoted
    WHERE NOT EXISTS (SELECT FROM rollforward_data.instrument WHERE instrument.symbol = quoted.symbol)
    ORDER BY quoted.symbol, quoted.quote DESC NULLS LAST
    ON CONFLICT ON CONSTRAINT instrument_symbol_key DO NOTHING;

    INSERT INTO rollforward_data.instrument (symbol, kind, currency)
    SELECT DISTINCT ON (reading.symbol) reading.symbol, 'stock'::rollforward_data.instrument_kind, reading.currency
    FROM rollforward.tastytrade_reading AS reading
    WHERE reading.security = 'cash'
      AND reading.symbol IS NOT NULL
      AND (reading.printed).instrument_type NOT IN ('Equity Option', 'Future Option')  -- terms are not printed here
      AND NOT EXISTS (SELECT FROM rollforward_data.instrument WHERE instrument.symbol = reading.symbol)
    ORDER BY reading.symbol, reading.line
    ON CONFLICT ON CONSTRAINT instrument_symbol_key DO NOTHING;

    INSERT INTO rollforward_data.movement_stage (
        line, occurred_at, accounting_date, kind, effect, side, symbol, currency,
        quantity, price, amount, commission, fee, tax, external_id, description)
    SELECT reading.line,
           reading.occurred_at,
           reading.accounting_date,
           CASE
               WHEN reading.kind = 'dividend' AND reading.value <= 0 THEN 'dividend_tax'
               WHEN reading.kind = 'cash_in' AND reading.value < 0 THEN 'cash_out'
               WHEN reading.kind = 'deposit' AND reading.value < 0 THEN 'withdrawal'
               ELSE reading.kind
           END,
           reading.effect,
           reading.side,
           reading.symbol,
           reading.currency,
           CASE WHEN reading.security <> 'cash' THEN reading.quantity END,
           CASE
               WHEN reading.kind IN ('buy', 'sell') AND reading.value <> 0
                   THEN round(abs(reading.value) / (reading.quantity * instrument.multiplier), 12)
               WHEN reading.security <> 'cash' AND reading.value = 0
                   THEN round(reading.average_price / instrument.multiplier, 12)
           END,
           reading.value,
           reading.commission,
           reading.fee,
           0,
           reading.order_number,
           reading.description
    FROM rollforward.tastytrade_reading AS reading
    LEFT JOIN rollforward_data.instrument ON instrument.symbol = reading.symbol
    WHERE reading.kind <> 'strike_adjustment'
    ORDER BY reading.line;

    INSERT INTO rollforward_data.movement_stage (
        line, occurred_at, accounting_date, kind, symbol, to_symbol, currency,
        quantity, amount, commission, fee, tax, description)
    SELECT least(adjustment.debit_line, adjustment.credit_line),
           adjustment.occurred_at, adjustment.accounting_date, 'strike_adjustment',
           adjustment.symbol, adjustment.to_symbol, adjustment.currency,
           adjustment.quantity, 0, 0, 0, 0, adjustment.description
    FROM rollforward.tastytrade_adjustment AS adjustment;

    DELETE FROM rollforward_data.tastytrade_row
    WHERE transaction_id = pg_current_xact_id();
END
$$;

COMMENT ON FUNCTION rollforward.stage_tastytrade_movements IS 'Turns staged Tastytrade rows into instruments and staged movements';
