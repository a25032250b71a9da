-- Creates the instruments of the statement that was read, where nobody knows them yet. One without currency, which a profile
-- has brought, takes that of its first movement; an option on a future whose first rows quoted nothing, the multiplier of the first
-- that do.
CREATE OR REPLACE FUNCTION rollforward.create_instruments_read()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    WITH described AS (
        -- most rows say the same of their instrument
        SELECT reading.symbol, reading.to_symbol, reading.instrument_kind, reading.currency, reading.multiplier,
               reading.underlying, reading.expiration, reading.strike, reading.option_right,
               max(reading.quote) AS quote, min(reading.occurred_at) AS first_at, min(reading.line) AS line
        FROM batch_statement AS reading
        WHERE reading.symbol IS NOT NULL
          AND reading.instrument_kind IS NOT NULL
        GROUP BY reading.symbol, reading.to_symbol, reading.instrument_kind, reading.currency, reading.multiplier,
                 reading.underlying, reading.expiration, reading.strike, reading.option_right
    )
    INSERT INTO rollforward_data.instrument (symbol, kind, currency, multiplier, underlying, expiration, strike, option_right)
    SELECT DISTINCT ON (named.symbol)
           named.symbol, described.instrument_kind::rollforward_data.instrument_kind, described.currency,
           coalesce(described.multiplier, 1), described.underlying, described.expiration, described.strike,
           described.option_right::rollforward_data.option_right
    FROM described
    -- what something becomes is like it, where no row of its own says more
    CROSS JOIN LATERAL (VALUES (described.symbol, 1), (described.to_symbol, 2)) AS named (symbol, place)
    WHERE named.symbol IS NOT NULL
      AND NOT EXISTS (SELECT FROM rollforward_data.instrument WHERE instrument.symbol = named.symbol)
    ORDER BY named.symbol, named.place, described.quote DESC NULLS LAST, described.first_at, described.line
    ON CONFLICT ON CONSTRAINT instrument_symbol_key DO NOTHING;

    UPDATE rollforward_data.instrument
    SET currency = first_movement.currency
    FROM (SELECT DISTINCT ON (named.symbol) named.symbol, reading.currency
          FROM rollforward_data.instrument AS incomplete
          JOIN batch_statement AS reading ON incomplete.symbol IN (reading.symbol, reading.to_symbol)
          CROSS JOIN LATERAL (VALUES (incomplete.symbol)) AS named (symbol)
          WHERE incomplete.currency IS NULL
          ORDER BY named.symbol, reading.accounting_date, reading.occurred_at, reading.currency) AS first_movement
    WHERE instrument.currency IS NULL
      AND instrument.symbol = first_movement.symbol;

    UPDATE rollforward_data.instrument
    SET multiplier = quoted.multiplier
    FROM (SELECT DISTINCT ON (reading.symbol) reading.symbol, reading.multiplier
          FROM batch_statement AS reading
          WHERE reading.quote IS NOT NULL
            AND reading.instrument_kind = 'future_option'
          ORDER BY reading.symbol, reading.quote DESC, reading.occurred_at, reading.line) AS quoted
    WHERE instrument.symbol = quoted.symbol
      AND instrument.kind = 'future_option'
      AND instrument.multiplier = 1
      AND quoted.multiplier <> 1;
END
$$;

COMMENT ON FUNCTION rollforward.create_instruments_read IS 'Creates the instruments of the statement that was read';
