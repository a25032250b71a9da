-- Loads the splits staged by this transaction in rollforward_data.market_row (symbol, date, ratio): new units for old ones,
-- "10/1", effective before trading on the day.
--
-- A split that is known is corrected when its ratio is another. Instruments must be known. Changes of symbol are recorded by
-- save_splits. What is rejected, and why: staged_split_offences.
--
-- source      name of the file, by which its rejects are found in rollforward.rejected_row
-- strict      true: one bad row, and nothing of the file is saved
-- returns     rows read, saved, corrected, unchanged and rejected; the first hundred offences
-- errors      22R01 an argument is NULL or blank · 22R02 nothing is staged
--             23R01 rows cannot be saved, and strict; DETAIL lists the first hundred as {line, column, value, reason}
CREATE OR REPLACE FUNCTION rollforward.load_splits(source text, strict boolean DEFAULT false)
RETURNS rollforward.market_load_result
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT rollforward.load_market_rows('splits', load_splits.source, load_splits.strict);
END;

COMMENT ON FUNCTION rollforward.load_splits IS 'Loads the splits staged by this transaction';
