-- Analyses what accounts held on a day, or on the days of a range on which one of them was valued.
--
-- The number of statements does not depend on the number of accounts, instruments or positions. Lands whole or leaves no trace. Rests on
-- snapshots as they were last computed, and on closes up to the day, not on later ones. Findings are read from the views
-- position_beta, factor_exposure, position_volatility, pairwise_correlation, portfolio_risk, sector_exposure and stress_result.
--
-- account_ids            accounts to analyse; empty is allowed and does nothing
-- start_date, end_date   both included; the same day twice is that day, whether it is a trading day or not
-- engines                which, see analysis_engine; NULL means all. Without holdings, those that are written down are looked at
-- returns                how many accounts and days were analysed, how many findings were written, and how long it took
-- errors                 22R01 an argument is NULL, the range is upside down or without end, or an account or engine is unknown
-- locks                  the account rows, in id order
CREATE OR REPLACE FUNCTION rollforward.analyse(
    account_ids bigint[],
    start_date date,
    end_date date,
    engines text[] DEFAULT NULL
)
RETURNS rollforward.analysis_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off  -- as process_batch
AS $$
DECLARE
    began timestamptz := clock_timestamp();
    known CONSTANT text[] := ARRAY(SELECT listed.engine FROM rollforward.analysis_engine AS listed ORDER BY listed.place);
    engine text;
    written bigint;
    result rollforward.analysis_result;
BEGIN
    PERFORM rollforward.require_finite_range(start_date, end_date);
    PERFORM rollforward.require_accounts(account_ids);
    FOREACH engine IN ARRAY coalesce(engines, '{}') LOOP
        PERFORM rollforward.require_choice('engines', engine, known);
    END LOOP;
    engines := coalesce(engines, known);

    result.findings := 0;
    IF 'holdings' = ANY (engines) THEN
        result.findings := rollforward.find_holdings(account_ids, start_date, end_date);
    END IF;
    PERFORM rollforward.stage_analyses(account_ids, start_date, end_date);
    SELECT count(*), count(DISTINCT staged.calculation_date) INTO result.analyses, result.days FROM analysis_case AS staged;
    IF result.analyses > 0 THEN
        IF EXISTS (SELECT FROM rollforward.analysis_engine AS listed WHERE listed.engine = ANY (engines) AND listed.needs_market) THEN
            PERFORM rollforward.stage_market();
        END IF;
        FOREACH engine IN ARRAY known LOOP
            CONTINUE WHEN engine = 'holdings' OR engine <> ALL (engines);
            EXECUTE format('SELECT rollforward.%I($1)', 'find_' || engine) INTO written USING account_ids;
            result.findings := result.findings + written;
        END LOOP;
    END IF;
    result.total_ms := rollforward.elapsed_ms(began, clock_timestamp());
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.analyse IS 'Analyses what accounts held on a day or on the days of a range';
