-- Figures of many series of returns by themselves; return_statistics() says what each is.
--
-- series_ids, dates, returns   a row per series and day, checked before; NULL is a return that is missing
-- returns                      a row per series. Without any return its figures are NULL; or else reasons has an entry for
--                              each that is, and is empty when none is
CREATE OR REPLACE FUNCTION rollforward.return_figures(
    series_ids bigint[],
    dates date[],
    returns double precision[],
    periods_per_year integer,
    risk_free double precision,
    required_return double precision,
    confidence double precision
)
RETURNS TABLE (
    series_id bigint,
    observations bigint,
    cumulative_return double precision,
    annual_return double precision,
    volatility double precision,
    downside_deviation double precision,
    sharpe double precision,
    sortino double precision,
    omega double precision,
    tail_ratio double precision,
    stability double precision,
    value_at_risk double precision,
    expected_shortfall double precision,
    reasons jsonb
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH linked AS (
        SELECT day.*
        FROM rollforward.linked_returns(return_figures.series_ids, return_figures.dates, return_figures.returns) AS day
    ),
    total AS (
        SELECT linked.series_id, count(*) AS periods, count(linked.period_return) AS observations,
               sum(linked.log_return) AS log_growth,
               avg(linked.period_return) AS mean,
               stddev_samp(linked.period_return) AS deviation,
               sqrt(avg(least(linked.period_return - return_figures.required_return, 0) ^ 2)
                    FILTER (WHERE linked.period_return IS NOT NULL)) AS shortfall,
               coalesce(sum(linked.period_return - (return_figures.risk_free + return_figures.required_return)) FILTER (
                   WHERE linked.period_return > return_figures.risk_free + return_figures.required_return), 0) AS above,
               sum(return_figures.risk_free + return_figures.required_return - linked.period_return) FILTER (
                   WHERE linked.period_return < return_figures.risk_free + return_figures.required_return) AS below,
               percentile_cont(ARRAY[0.05, 0.95, (1 - return_figures.confidence::numeric)::double precision])
                   WITHIN GROUP (ORDER BY linked.period_return) AS quantiles,
               count(*) FILTER (WHERE linked.log_growth = '-Infinity') > 0 AS lost_all,
               regr_r2(linked.log_growth, linked.observations) FILTER (
                   WHERE linked.period_return IS NOT NULL AND linked.log_growth > '-Infinity') AS fit,
               avg(linked.log_growth) FILTER (
                   WHERE linked.period_return IS NOT NULL AND linked.log_growth > '-Infinity') AS log_mean,
               stddev_samp(linked.log_growth) FILTER (
                   WHERE linked.period_return IS NOT NULL AND linked.log_growth > '-Infinity') AS log_deviation
        FROM linked
        GROUP BY linked.series_id
    ),
    worst AS (
        SELECT linked.series_id, avg(linked.period_return) AS mean
        FROM linked
        JOIN total USING (series_id)
        WHERE linked.period_return <= total.quantiles[3]
        GROUP BY linked.series_id
    ),
    figure AS (
        SELECT total.series_id, total.observations, total.lost_all,
               rollforward.plain_return(total.log_growth) AS cumulative_return,
               rollforward.plain_return(
                   total.log_growth * return_figures.periods_per_year / total.periods) AS annual_return,
               CASE WHEN rollforward.varies(total.deviation, total.mean) THEN total.deviation
                    WHEN total.observations > 1 THEN 0 END * sqrt(return_figures.periods_per_year) AS volatility,
               total.shortfall * sqrt(return_figures.periods_per_year) AS downside_deviation,
               CASE WHEN rollforward.varies(total.deviation, total.mean)
                    THEN (total.mean - return_figures.risk_free) / total.deviation
                         * sqrt(return_figures.periods_per_year) END AS sharpe,
               (total.mean - return_figures.required_return) / nullif(total.shortfall, 0)
                   * sqrt(return_figures.periods_per_year) AS sortino,
               total.above / total.below AS omega,
               abs(total.quantiles[2]) / nullif(abs(total.quantiles[1]), 0) AS tail_ratio,
               CASE WHEN NOT total.lost_all AND rollforward.varies(total.log_deviation, total.log_mean)
                    THEN least(total.fit, 1) END AS stability,
               total.quantiles[3] AS value_at_risk,
               worst.mean AS expected_shortfall
        FROM total
        LEFT JOIN worst USING (series_id)
    )
    SELECT figure.series_id, figure.observations, figure.cumulative_return, figure.annual_return, figure.volatility,
           figure.downside_deviation, figure.sharpe, figure.sortino, figure.omega, figure.tail_ratio, figure.stability,
           figure.value_at_risk, figure.expected_shortfall,
           jsonb_strip_nulls(jsonb_build_object(
               'cumulative_return', CASE WHEN figure.cumulative_return IS NULL THEN 'out_of_range' END,
               'annual_return', CASE WHEN figure.annual_return IS NULL THEN 'out_of_range' END,
               'volatility', CASE WHEN figure.volatility IS NULL THEN 'one_observation' END,
               'sharpe', CASE WHEN figure.sharpe IS NOT NULL THEN NULL
                              WHEN figure.observations = 1 THEN 'one_observation'
                              ELSE 'no_variance' END,
               'sortino', CASE WHEN figure.sortino IS NULL THEN 'no_loss' END,
               'omega', CASE WHEN figure.omega IS NULL THEN 'no_loss' END,
               'tail_ratio', CASE WHEN figure.tail_ratio IS NULL THEN 'no_tail' END,
               'stability', CASE WHEN figure.stability IS NOT NULL THEN NULL
                                 WHEN figure.lost_all THEN 'total_loss'
                                 WHEN figure.observations = 1 THEN 'one_observation'
                                 ELSE 'no_variance' END))
    FROM figure;
END;

COMMENT ON FUNCTION rollforward.return_figures IS 'Figures of many series of returns by themselves';
