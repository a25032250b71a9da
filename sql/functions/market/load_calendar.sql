-- Loads the trading days staged by this transaction in rollforward_data.market_row (calendar, date).
--
-- Adds days to calendars, and creates those that are not known. Days are taken away by a DELETE from
-- rollforward_data.trading_calendar, which marks what it makes stale. What is rejected, and why: staged_day_offences.
--
-- source      name of the file, by which its rejects are found in rollforward.rejected_row
-- strict      true: one bad row, and nothing of the file is saved
-- returns     rows read, saved, corrected, unchanged and rejected; the first hundred offences
-- errors      22R01 an argument is NULL or blank · 22R02 nothing is staged
--             23R01 rows cannot be saved, and strict; DETAIL lists the first hundred as {line, column, value, reason}
CREATE OR REPLACE FUNCTION rollforward.load_calendar(source text, strict boolean DEFAULT false)
RETURNS rollforward.market_load_result
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT rollforward.load_market_rows('calendar', load_calendar.source, load_calendar.strict);
END;

COMMENT ON FUNCTION rollforward.load_calendar IS 'Loads the trading days staged by this transaction';
