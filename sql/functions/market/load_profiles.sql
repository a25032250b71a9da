-- Loads the profiles staged by this transaction in rollforward_data.market_row (symbol, kind, sector, industry, beta,
-- is_etf, multiplier, underlying, expiration, strike, option_right).
--
-- Creates instruments that are not known; their currency comes from the first price or movement. An underlying need not be
-- known. A blank leaves what is known. Other terms make the holders of an instrument stale. What is rejected, and why:
-- staged_profile_offences.
--
-- source      name of the file, by which its rejects are found in rollforward.rejected_row
-- strict      true: one bad row, and nothing of the file is saved
-- returns     rows read, saved, corrected, unchanged and rejected; the first hundred offences
-- errors      22R01 an argument is NULL or blank · 22R02 nothing is staged
--             23R01 rows cannot be saved, and strict; DETAIL lists the first hundred as {line, column, value, reason}
CREATE OR REPLACE FUNCTION rollforward.load_profiles(source text, strict boolean DEFAULT false)
RETURNS rollforward.market_load_result
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT rollforward.load_market_rows('profiles', load_profiles.source, load_profiles.strict);
END;

COMMENT ON FUNCTION rollforward.load_profiles IS 'Loads the profiles of instruments staged by this transaction';
