-- Gives instruments that have no currency that of their staged prices, all of which are good.
--
-- No nested loops: see lock_market_instruments.
--
-- relies on   instrument_without_currency_idx
CREATE OR REPLACE FUNCTION rollforward.give_currencies()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_nestloop = off
AS $$
BEGIN
    UPDATE rollforward_data.instrument
    SET currency = quoted.currency
    FROM (SELECT symbol, min(currency) AS currency FROM rollforward.staged_market_row GROUP BY symbol) AS quoted
    WHERE instrument.currency IS NULL
      AND instrument.symbol = quoted.symbol;
END
$$;

COMMENT ON FUNCTION rollforward.give_currencies IS 'Gives instruments that have no currency that of their staged prices';
