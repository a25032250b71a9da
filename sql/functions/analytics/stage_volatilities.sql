-- Tells volatilities of the series in analysis_span as of its days, from analysis_series: analysis_volatility.
--
-- All are sample standard deviations of simple returns, a year of 252 days:
--   realized      of the last 21 and 63 returns; weekly and monthly of the last 5 and 21; daily is the last |return|
--   expected      heterogeneous autoregression (Corsi 2009): |return| of the next day by least squares on |return|, weekly and
--                 monthly volatility of the day, at the latest day; wants 30 days with a next one
--   trend         slope of the last 21 monthly volatilities: stable unless it is above 0.001 a day either way and explains more
--                 than 0.3 of them, which is its strength, NULL where they never move; wants 42 returns
--   percentile    part of the monthly volatilities of 400 calendar days that were below the latest; wants 252 returns
-- A series needs 63 returns within a year, or nothing is told of it.
CREATE OR REPLACE FUNCTION rollforward.stage_volatilities()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_memoize = off  -- no two series are the same
AS $$
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_volatility', 'rollforward.analysed_volatility');
    INSERT INTO analysis_volatility
    WITH span AS (
        -- places of returns: the first one in the year before, the latest, and the first one of the time that percentiles are told by
        SELECT wanted.calculation_date, wanted.series_id, series.simple, series.week, series.month,
               1 + width_bucket(wanted.calculation_date - 366, series.since_dates) AS first_place,
               width_bucket(wanted.calculation_date, series.on_dates) AS last_place,
               1 + width_bucket(wanted.calculation_date - 401, series.since_dates) AS long_place
        FROM analysis_span AS wanted
        JOIN analysis_series AS series USING (series_id)
        OFFSET 0  -- or they would be sought wherever they are named
    ),
    year AS (
        SELECT span.calculation_date, span.series_id, span.last_place - span.first_place + 1 AS observations,
               span.simple[span.first_place : span.last_place] AS simple,
               span.week[span.first_place : span.last_place] AS week,
               span.month[span.first_place : span.last_place] AS month,
               CASE WHEN span.last_place - span.long_place + 1 >= 252
                    THEN span.month[span.long_place + 20 : span.last_place]
               END AS ranked_months
        FROM span
        WHERE span.first_place <= span.last_place
        OFFSET 0  -- likewise
    ),
    moments AS (
        SELECT year.calculation_date, year.series_id, year.observations,
               abs(year.simple[year.observations]) * sqrt(252) AS moved, year.week[year.observations] AS week,
               year.month[year.observations] AS month,
               lately.realized_21d, quarter.realized_63d, whole.squared_deviations, trend.slope, trend.strength,
               ranked.percentile, forecast.*
        FROM year
        CROSS JOIN LATERAL (
            SELECT stddev_samp(step.simple) * sqrt(252) AS realized_21d
            FROM unnest(year.simple[year.observations - 20 : year.observations]) AS step (simple)
        ) AS lately
        CROSS JOIN LATERAL (
            SELECT stddev_samp(step.simple) * sqrt(252) AS realized_63d
            FROM unnest(year.simple[year.observations - 62 : year.observations]) AS step (simple)
        ) AS quarter
        CROSS JOIN LATERAL (
            SELECT regr_sxx(step.simple, step.simple) AS squared_deviations
            FROM unnest(year.simple) AS step (simple)
        ) AS whole
        CROSS JOIN LATERAL (
            SELECT regr_slope(step.month, step.place) AS slope,
                   CASE WHEN NOT rollforward.never_moves(regr_syy(step.month, step.place))
                        THEN regr_r2(step.month, step.place)
                   END AS strength
            FROM unnest(year.month[year.observations - 20 : year.observations]) WITH ORDINALITY AS step (month, place)
        ) AS trend
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE step.month < year.month[year.observations]) / nullif(count(*), 0)::double precision AS percentile
            FROM unnest(year.ranked_months) AS step (month)
        ) AS ranked
        -- aggregates of the same two arguments are made in one
        CROSS JOIN LATERAL (
            SELECT count(*) AS days,
                   regr_avgx(step.next, step.moved) AS mean_moved,
                   regr_avgx(step.next, step.week) AS mean_week,
                   regr_avgx(step.next, step.month) AS mean_month,
                   regr_avgy(step.next, step.moved) AS mean_next,
                   regr_sxx(step.next, step.moved) / nullif(count(*), 0) AS moved_moved,
                   covar_pop(step.moved, step.week) AS moved_week,
                   covar_pop(step.moved, step.month) AS moved_month,
                   regr_sxx(step.next, step.week) / nullif(count(*), 0) AS week_week,
                   covar_pop(step.week, step.month) AS week_month,
                   regr_sxx(step.next, step.month) / nullif(count(*), 0) AS month_month,
                   covar_pop(step.next, step.moved) AS next_moved,
                   covar_pop(step.next, step.week) AS next_week,
                   covar_pop(step.next, step.month) AS next_month,
                   regr_syy(step.next, step.moved) / nullif(count(*), 0) AS next_next
            FROM (
                SELECT abs(day.simple) * sqrt(252) AS moved, day.week, day.month, abs(day.next_simple) * sqrt(252) AS next
                FROM unnest(year.simple[21 : year.observations - 1], year.week[21 : year.observations - 1],
                            year.month[21 : year.observations - 1], year.simple[22 : year.observations]) AS day (simple, week, month, next_simple)
            ) AS step
        ) AS forecast
    ),
    judged AS (
        SELECT moments.*,
               CASE WHEN moments.observations < 63 THEN 'too_few_observations'
                    WHEN rollforward.never_moves(moments.squared_deviations) THEN 'constant_prices'
               END AS reason
        FROM moments
    ),
    modelled AS MATERIALIZED (
        SELECT judged.*,
               CASE WHEN judged.reason IS NULL AND judged.days >= 30
                    THEN rollforward.regressed(
                        judged.days,
                        ARRAY[judged.moved_moved, judged.moved_week, judged.moved_month,
                              judged.moved_week, judged.week_week, judged.week_month,
                              judged.moved_month, judged.week_month, judged.month_month],
                        ARRAY[judged.next_moved, judged.next_week, judged.next_month],
                        judged.next_next,
                        ARRAY[judged.mean_moved, judged.mean_week, judged.mean_month],
                        judged.mean_next,
                        0)
               END AS model
        FROM judged
    )
    SELECT modelled.calculation_date, modelled.series_id,
           modelled.realized_21d, modelled.realized_63d, modelled.moved, modelled.week, modelled.month,
           (modelled.model).intercept + coalesce((modelled.model).slopes[1], 0) * modelled.moved
               + coalesce((modelled.model).slopes[2], 0) * modelled.week + coalesce((modelled.model).slopes[3], 0) * modelled.month,
           (modelled.model).r_squared,
           CASE WHEN modelled.reason IS NULL
                THEN CASE WHEN abs(modelled.slope) > 0.001 AND modelled.strength > 0.3
                          THEN CASE WHEN modelled.slope > 0 THEN 'increasing' ELSE 'decreasing' END
                          ELSE 'stable'
                     END
           END,
           modelled.strength, modelled.percentile, modelled.observations, modelled.reason
    FROM modelled
    WHERE modelled.reason IS NULL
    UNION ALL
    SELECT judged.calculation_date, judged.series_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           judged.observations, judged.reason
    FROM judged
    WHERE judged.reason IS NOT NULL;
    ANALYZE analysis_volatility;
END
$$;

COMMENT ON FUNCTION rollforward.stage_volatilities IS 'Tells volatilities of series';
