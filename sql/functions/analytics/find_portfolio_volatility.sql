-- Tells the volatility that the positions of a day would have had: account_volatility.
--
-- coverage is the part of the gross value whose series have 63 returns within the year; with less than 0.8 nothing is told.
--
-- returns     findings written; NULL and a reason where nothing is told: no_positions, rate_missing, low_coverage, why there is no
--             equity, or what stage_volatilities() says
-- relies on   stage_market(), stage_analyses()
CREATE OR REPLACE FUNCTION rollforward.find_portfolio_volatility()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.stage_account_returns();
    PERFORM rollforward.stage_series();

    PERFORM rollforward.prepare_own_stage('analysis_span', 'rollforward.analysed_span');
    INSERT INTO analysis_span
    SELECT DISTINCT weight.calculation_date, weight.group_id
    FROM analysis_weight AS weight;
    ANALYZE analysis_span;
    PERFORM rollforward.stage_volatilities();

    PERFORM rollforward.prepare_own_stage('finding_account_volatility', 'rollforward_data.account_volatility');
    INSERT INTO finding_account_volatility
    WITH covered AS (
        SELECT weight.account_id, weight.calculation_date, weight.group_id,
               coalesce(sum(weight.gross) FILTER (WHERE weight.first_no IS NOT NULL), 0) / nullif(sum(weight.gross), 0) AS coverage
        FROM analysis_weight AS weight
        GROUP BY weight.account_id, weight.calculation_date, weight.group_id
    ),
    judged AS (
        SELECT analysis.account_id, analysis.calculation_date, covered.coverage, covered.group_id,
               CASE WHEN analysis.positions = 0 AND analysis.unvalued = 0 THEN 'no_positions'
                    WHEN analysis.positions = 0 THEN 'rate_missing'
                    WHEN analysis.reason IS NOT NULL THEN analysis.reason
                    WHEN coalesce(covered.coverage, 0) < 0.8 THEN 'low_coverage'
               END AS reason
        FROM analysis_case AS analysis
        LEFT JOIN covered USING (account_id, calculation_date)
    )
    SELECT judged.account_id, judged.calculation_date, found.realized_21d, found.realized_63d, found.daily, found.weekly, found.monthly,
           found.expected_21d, found.model_r_squared, found.trend, found.trend_strength, found.percentile,
           coalesce(found.observations, 0), judged.coverage, coalesce(judged.reason, found.reason)
    FROM judged
    LEFT JOIN analysis_volatility AS found
        ON found.series_id = judged.group_id
       AND judged.reason IS NULL;
    RETURN rollforward.store_findings('account_volatility', false);
END
$$;

COMMENT ON FUNCTION rollforward.find_portfolio_volatility IS 'Tells the volatility that the positions of a day would have had';
