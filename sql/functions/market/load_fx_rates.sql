-- Loads the rates staged by this transaction in rollforward_data.market_row (currency, quote_currency, date, rate):
-- 1 unit of currency = rate units of quote_currency at the end of that day.
--
-- A rate that is known is corrected when it is another. Rates are kept with 18 decimals. What is rejected, and why:
-- staged_rate_offences.
--
-- source      name of the file, by which its rejects are found in rollforward.rejected_row
-- strict      true: one bad row, and nothing of the file is saved
-- returns     rows read, saved, corrected, unchanged and rejected; the first hundred offences
-- errors      22R01 an argument is NULL or blank · 22R02 nothing is staged
--             23R01 rows cannot be saved, and strict; DETAIL lists the first hundred as {line, column, value, reason}
CREATE OR REPLACE FUNCTION rollforward.load_fx_rates(source text, strict boolean DEFAULT false)
RETURNS rollforward.market_load_result
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT rollforward.load_market_rows('fx', load_fx_rates.source, load_fx_rates.strict);
END;

COMMENT ON FUNCTION rollforward.load_fx_rates IS 'Loads the rates staged by this transaction';
