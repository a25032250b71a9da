-- Loads the closing prices staged by this transaction in rollforward_data.market_row (symbol, date, close, currency).
--
-- A price that is known is corrected when its close is another; the former one is kept in price_correction. Closes are
-- kept with 12 decimals. Instruments must be known. What is rejected, and why: staged_price_offences.
--
-- source      name of the file, by which its rejects are found in rollforward.rejected_row
-- strict      true: one bad row, and nothing of the file is saved
-- returns     rows read, saved, corrected, unchanged and rejected; the first hundred offences
-- errors      22R01 an argument is NULL or blank · 22R02 nothing is staged
--             23R01 rows cannot be saved, and strict; DETAIL lists the first hundred as {line, column, value, reason}
CREATE OR REPLACE FUNCTION rollforward.load_prices(source text, strict boolean DEFAULT false)
RETURNS rollforward.market_load_result
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT rollforward.load_market_rows('prices', load_prices.source, load_prices.strict);
END;

COMMENT ON FUNCTION rollforward.load_prices IS 'Loads the closing prices staged by this transaction';
