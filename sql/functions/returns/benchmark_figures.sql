-- Figures of many series of returns against a benchmark; return_statistics() says what each is.
--
-- series_ids, returns, benchmark_returns
--             a row per series and day, checked before; only rows with both returns count. benchmark_returns may be NULL
-- returns     a row per series. reasons has an entry for each figure that is NULL, and is empty when none is
CREATE OR REPLACE FUNCTION rollforward.benchmark_figures(
    series_ids bigint[],
    returns double precision[],
    benchmark_returns double precision[],
    periods_per_year integer,
    risk_free double precision
)
RETURNS TABLE (
    series_id bigint,
    common_observations bigint,
    alpha double precision,
    beta double precision,
    correlation double precision,
    r_squared double precision,
    up_capture double precision,
    down_capture double precision,
    up_down_capture double precision,
    tracking_error double precision,
    information_ratio double precision,
    reasons jsonb
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH day AS (
        SELECT given.series_id,
               CASE WHEN given.benchmark_return IS NOT NULL
                    THEN rollforward.observed_return(given.period_return) END AS period_return,
               CASE WHEN given.period_return IS NOT NULL
                    THEN rollforward.observed_return(given.benchmark_return) END AS benchmark_return
        FROM unnest(benchmark_figures.series_ids, benchmark_figures.returns, benchmark_figures.benchmark_returns)
            AS given (series_id, period_return, benchmark_return)
    ),
    total AS (
        SELECT day.series_id, count(day.period_return) AS days,
               avg(day.period_return) AS mean,
               stddev_samp(day.period_return) AS deviation,
               avg(day.benchmark_return) AS benchmark_mean,
               stddev_samp(day.benchmark_return) AS benchmark_deviation,
               avg(day.period_return - day.benchmark_return) AS active_mean,
               stddev_samp(day.period_return - day.benchmark_return) AS active_deviation,
               regr_slope(day.period_return, day.benchmark_return) AS slope,
               corr(day.period_return, day.benchmark_return) AS correlation,
               count(*) FILTER (WHERE day.benchmark_return > 0) AS up_days,
               count(*) FILTER (WHERE day.benchmark_return < 0) AS down_days,
               sum(rollforward.log_return(day.period_return)) FILTER (WHERE day.benchmark_return > 0) AS up_growth,
               sum(rollforward.log_return(day.period_return)) FILTER (WHERE day.benchmark_return < 0) AS down_growth,
               sum(rollforward.log_return(day.benchmark_return)) FILTER (WHERE day.benchmark_return > 0)
                   AS benchmark_up_growth,
               sum(rollforward.log_return(day.benchmark_return)) FILTER (WHERE day.benchmark_return < 0)
                   AS benchmark_down_growth
        FROM day
        GROUP BY day.series_id
    ),
    spread AS (
        SELECT total.*,
               CASE WHEN rollforward.varies(total.benchmark_deviation, total.benchmark_mean) THEN total.slope END AS beta,
               rollforward.varies(total.deviation, total.mean) AS is_varied,
               -- what differs from its benchmark by rounding follows it
               rollforward.varies(total.active_deviation, greatest(total.deviation, abs(total.mean))) AS is_active,
               benchmark_figures.periods_per_year / nullif(total.up_days, 0)::double precision AS up_years,
               benchmark_figures.periods_per_year / nullif(total.down_days, 0)::double precision AS down_years
        FROM total
    ),
    figure AS (
        SELECT spread.series_id, spread.days, spread.up_days, spread.down_days, spread.beta,
               (spread.mean - benchmark_figures.risk_free)
                   - spread.beta * (spread.benchmark_mean - benchmark_figures.risk_free) AS period_alpha,
               CASE WHEN spread.beta IS NOT NULL AND spread.is_varied
                    THEN greatest(least(spread.correlation, 1), -1) END AS correlation,
               rollforward.plain_return(spread.up_growth * spread.up_years)
                   / nullif(rollforward.plain_return(spread.benchmark_up_growth * spread.up_years), 0) AS up_capture,
               rollforward.plain_return(spread.down_growth * spread.down_years)
                   / nullif(rollforward.plain_return(spread.benchmark_down_growth * spread.down_years), 0) AS down_capture,
               CASE WHEN spread.is_active THEN spread.active_deviation
                    WHEN spread.days > 1 THEN 0 END * sqrt(benchmark_figures.periods_per_year) AS tracking_error,
               CASE WHEN spread.is_active THEN spread.active_mean / spread.active_deviation END
                   * sqrt(benchmark_figures.periods_per_year) AS information_ratio,
               CASE WHEN spread.days > 0 THEN NULL
                    WHEN benchmark_figures.benchmark_returns IS NULL THEN 'no_benchmark'
                    ELSE 'no_overlap' END AS nothing_common
        FROM spread
    ),
    captured AS (
        SELECT figure.*,
               CASE WHEN figure.period_alpha > -1
                    THEN rollforward.plain_return(
                        rollforward.log_return(figure.period_alpha) * benchmark_figures.periods_per_year) END AS alpha,
               figure.up_capture / nullif(figure.down_capture, 0) AS up_down_capture,
               coalesce(figure.nothing_common, CASE figure.days WHEN 1 THEN 'one_observation' END) AS too_little,
               CASE WHEN figure.up_capture IS NULL
                    THEN coalesce(figure.nothing_common, CASE figure.up_days WHEN 0 THEN 'no_up_day' END, 'out_of_range')
               END AS no_up_capture,
               CASE WHEN figure.down_capture IS NULL
                    THEN coalesce(figure.nothing_common, CASE figure.down_days WHEN 0 THEN 'no_down_day' END, 'out_of_range')
               END AS no_down_capture
        FROM figure
    )
    SELECT captured.series_id, captured.days, captured.alpha, captured.beta, captured.correlation,
           captured.correlation * captured.correlation, captured.up_capture, captured.down_capture,
           captured.up_down_capture, captured.tracking_error, captured.information_ratio,
           jsonb_strip_nulls(jsonb_build_object(
               'alpha', CASE WHEN captured.alpha IS NULL
                             THEN coalesce(captured.too_little,
                                           CASE WHEN captured.beta IS NULL THEN 'flat_benchmark' ELSE 'out_of_range' END) END,
               'beta', CASE WHEN captured.beta IS NULL THEN coalesce(captured.too_little, 'flat_benchmark') END,
               'correlation', lack.of_correlation,
               'r_squared', lack.of_correlation,
               'up_capture', captured.no_up_capture,
               'down_capture', captured.no_down_capture,
               'up_down_capture', CASE WHEN captured.up_down_capture IS NULL
                                       THEN coalesce(captured.no_up_capture, captured.no_down_capture, 'no_capture') END,
               'tracking_error', CASE WHEN captured.tracking_error IS NULL THEN captured.too_little END,
               'information_ratio', CASE WHEN captured.information_ratio IS NULL
                                         THEN coalesce(captured.too_little, 'no_variance') END))
    FROM captured
    CROSS JOIN LATERAL (
        SELECT CASE WHEN captured.correlation IS NULL
                    THEN coalesce(captured.too_little,
                                  CASE WHEN captured.beta IS NULL THEN 'flat_benchmark' ELSE 'no_variance' END) END
    ) AS lack (of_correlation);
END;

COMMENT ON FUNCTION rollforward.benchmark_figures IS 'Figures of many series of returns against a benchmark';
