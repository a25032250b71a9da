-- Tells how much the positions of accounts move alike: account_correlation.
--
-- overall_correlation is the mean |correlation| of the pairs. effective_positions is n² / Σ correlations, over all n × n of
-- equal weights: n independent positions count n, n equal ones 1. Pairs whose correlation is not known are taken for average.
--
-- returns     findings written; NULL and a reason where nothing is known: too_few_positions, no_correlations
CREATE OR REPLACE FUNCTION rollforward.find_diversification()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_correlation', 'rollforward_data.instrument_correlation');
    INSERT INTO analysis_correlation
    SELECT known.*
    FROM (SELECT DISTINCT listed.calculation_date FROM analysis_case AS listed) AS day
    JOIN rollforward_data.instrument_correlation AS known USING (calculation_date);
    ANALYZE analysis_correlation;

    PERFORM rollforward.prepare_own_stage('finding_account_correlation', 'rollforward_data.account_correlation');
    INSERT INTO finding_account_correlation
    WITH held AS (
        SELECT account_id, calculation_date, instrument_id
        FROM analysis_position
        WHERE is_correlated
    ),
    paired AS (
        SELECT one.account_id, one.calculation_date, count(known.correlation) AS pairs,
               avg(abs(known.correlation)) AS overall, avg(known.correlation) AS mean
        FROM held AS one
        JOIN held AS other
            ON other.account_id = one.account_id
           AND other.calculation_date = one.calculation_date
           AND other.instrument_id > one.instrument_id
        JOIN analysis_correlation AS known
            ON known.calculation_date = one.calculation_date
           AND known.instrument_id = one.instrument_id
           AND known.other_instrument_id = other.instrument_id
        GROUP BY one.account_id, one.calculation_date
    ),
    counted AS (
        SELECT held.account_id, held.calculation_date, count(*) AS included
        FROM held
        GROUP BY held.account_id, held.calculation_date
    )
    SELECT analysis.account_id, analysis.calculation_date, paired.overall,
           -- n² / (n + n (n - 1) mean)
           CASE WHEN 1 + (counted.included - 1) * paired.mean > 1e-9
                THEN counted.included / (1 + (counted.included - 1) * paired.mean)
           END,
           coalesce(counted.included, 0), analysis.positions - coalesce(counted.included, 0),
           CASE WHEN coalesce(counted.included, 0) < 2 THEN 'too_few_positions'
                WHEN coalesce(paired.pairs, 0) = 0 THEN 'no_correlations'
           END
    FROM analysis_case AS analysis
    LEFT JOIN counted USING (account_id, calculation_date)
    LEFT JOIN paired USING (account_id, calculation_date);
    RETURN rollforward.store_findings('account_correlation', false);
END
$$;

COMMENT ON FUNCTION rollforward.find_diversification IS 'Tells how much the positions of accounts move alike';
