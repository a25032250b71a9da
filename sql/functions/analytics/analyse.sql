-- Analyses what accounts held on a day, or on the days of a range on which one of them was valued: all engines, in their order.
--
-- The number of statements does not depend on the number of accounts, instruments or positions. Lands whole or leaves no trace. Rests on
-- snapshots as they were last computed, and on closes up to the day, not on later ones. Findings are read from the views
-- position_beta, factor_exposure, position_volatility, pairwise_correlation, portfolio_risk, sector_exposure and stress_result.
--
-- account_ids            accounts to analyse; empty is allowed and does nothing
-- start_date, end_date   both included; the same day twice is that day, whether it is a trading day or not
-- returns                how many accounts and days were analysed, how many findings were written, and how long it took
-- errors                 22R01 an argument is NULL, the range is upside down or without end, or an account is unknown
-- locks                  the account rows, in id order
CREATE OR REPLACE FUNCTION rollforward.analyse(account_ids bigint[], start_date date, end_date date)
RETURNS rollforward.analysis_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off  -- as process_batch
AS $$
DECLARE
    began timestamptz := clock_timestamp();
    result rollforward.analysis_result;
BEGIN
    result.findings := rollforward.analyse_holdings(account_ids, start_date, end_date)
                     + rollforward.analyse_factors(account_ids, start_date, end_date)
                     + rollforward.analyse_volatility(account_ids, start_date, end_date)
                     + rollforward.analyse_correlations(account_ids, start_date, end_date)
                     + rollforward.analyse_factor_correlations(account_ids, start_date, end_date)
                     + rollforward.analyse_sectors(account_ids, start_date, end_date)
                     + rollforward.analyse_exposures(account_ids, start_date, end_date)
                     + rollforward.analyse_account_volatility(account_ids, start_date, end_date)
                     + rollforward.analyse_diversification(account_ids, start_date, end_date)
                     + rollforward.analyse_stress(account_ids, start_date, end_date);
    result.analyses := rollforward.finish_analyses(account_ids, start_date, end_date);
    result.days := cardinality(rollforward.days_of_analyses(account_ids, start_date, end_date));
    result.total_ms := rollforward.elapsed_ms(began, clock_timestamp());
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.analyse IS 'Analyses what accounts held on a day or on the days of a range';
