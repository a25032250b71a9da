-- Analyses what accounts held on a day, or on those days of a range on which they were valued.
--
-- The number of statements does not depend on the number of accounts, instruments or positions; it grows with slices of 10,000
-- accounts and days. Lands whole or leaves no trace. Rests on snapshots as they were last computed, and on closes up to the day,
-- not on later ones. Findings are read from the views position_beta, factor_exposure, position_volatility, pairwise_correlation,
-- portfolio_risk, sector_exposure and stress_result.
--
-- account_ids            accounts to analyse; empty is allowed and does nothing
-- start_date, end_date   both included; the same day twice is that day, whether it is a trading day or not. Without end only
--                        with only_stale
-- engines                which, see analysis_engine; NULL means all. Without holdings, those that are written down are looked at
-- only_stale             only analyses that have been made before, and are stale or not whole
-- returns                how many accounts and days were analysed, how many findings were written, and how long it took
-- errors                 22R01 an argument is NULL, the range is upside down or without end, or an account or engine is unknown
-- locks                  the account rows, in id order, before anything is marked; without holdings none, so that engines can go
--                        side by side
CREATE OR REPLACE FUNCTION rollforward.analyse(
    account_ids bigint[],
    start_date date,
    end_date date,
    engines text[] DEFAULT NULL,
    only_stale boolean DEFAULT false
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
    result rollforward.analysis_result;
BEGIN
    PERFORM rollforward.require_range(start_date, end_date);
    PERFORM rollforward.require_accounts(account_ids);
    IF NOT rollforward.given(only_stale, 'only_stale') THEN
        PERFORM rollforward.require_finite_range(start_date, end_date);
    END IF;
    FOREACH engine IN ARRAY coalesce(engines, '{}') LOOP
        PERFORM rollforward.require_choice('engines', engine, known);
    END LOOP;
    engines := ARRAY(SELECT listed.engine FROM unnest(known) AS listed (engine) WHERE listed.engine = ANY (coalesce(engines, known)));

    IF 'holdings' = ANY (engines) THEN
        PERFORM FROM rollforward_data.account
        WHERE account.account_id = ANY (account_ids)
        ORDER BY account.account_id
        FOR NO KEY UPDATE;
    END IF;
    -- not before: who waits for accounts must not keep analyses that those who have the accounts are about to write
    PERFORM rollforward.resolve_marks();
    PERFORM rollforward.refresh_statistics();

    result.findings := 0;
    FOR nth IN 1 .. rollforward.stage_wanted(account_ids, start_date, end_date, only_stale, 'holdings' = ANY (engines)) LOOP
        result.findings := result.findings + rollforward.analyse_slice(nth, engines);
    END LOOP;
    SELECT count(*), count(DISTINCT wanted.calculation_date) INTO result.analyses, result.days FROM analysis_wanted AS wanted;
    result.total_ms := rollforward.elapsed_ms(began, clock_timestamp());
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.analyse IS 'Analyses what accounts held on a day or on the days of a range';
