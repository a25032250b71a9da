-- Tells volatilities from analysis_series, of the returns that analysis_span names: analysis_volatility.
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
AS $$
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_volatility', 'rollforward.analysed_volatility');
    INSERT INTO analysis_volatility
    WITH latest AS (
        SELECT span.*, series.moved, series.week, series.month,
               span.last_place - span.first_place + 1 AS observations
        FROM analysis_span AS span
        JOIN analysis_series AS series
            ON series.series_id = span.series_id
           AND series.place = span.last_place
    ),
    moments AS (
        SELECT latest.calculation_date, latest.series_id, latest.observations, latest.moved, latest.week, latest.month,
               stddev_samp(series.simple) FILTER (WHERE series.place > latest.last_place - 21) * sqrt(252) AS realized_21d,
               stddev_samp(series.simple) FILTER (WHERE series.place > latest.last_place - 63) * sqrt(252) AS realized_63d,
               regr_sxx(series.simple, series.simple) AS squared_deviations,
               regr_slope(series.month, series.place) FILTER (WHERE series.place > latest.last_place - 21) AS slope,
               CASE WHEN NOT rollforward.never_moves(
                             regr_syy(series.month, series.place) FILTER (WHERE series.place > latest.last_place - 21))
                    THEN regr_r2(series.month, series.place) FILTER (WHERE series.place > latest.last_place - 21)
               END AS strength,
               count(*) FILTER (WHERE fits.fits) AS days,
               avg(series.moved) FILTER (WHERE fits.fits) AS mean_moved,
               avg(series.week) FILTER (WHERE fits.fits) AS mean_week,
               avg(series.month) FILTER (WHERE fits.fits) AS mean_month,
               avg(series.next_moved) FILTER (WHERE fits.fits) AS mean_next,
               covar_pop(series.moved, series.moved) FILTER (WHERE fits.fits) AS moved_moved,
               covar_pop(series.moved, series.week) FILTER (WHERE fits.fits) AS moved_week,
               covar_pop(series.moved, series.month) FILTER (WHERE fits.fits) AS moved_month,
               covar_pop(series.week, series.week) FILTER (WHERE fits.fits) AS week_week,
               covar_pop(series.week, series.month) FILTER (WHERE fits.fits) AS week_month,
               covar_pop(series.month, series.month) FILTER (WHERE fits.fits) AS month_month,
               covar_pop(series.next_moved, series.moved) FILTER (WHERE fits.fits) AS next_moved,
               covar_pop(series.next_moved, series.week) FILTER (WHERE fits.fits) AS next_week,
               covar_pop(series.next_moved, series.month) FILTER (WHERE fits.fits) AS next_month,
               covar_pop(series.next_moved, series.next_moved) FILTER (WHERE fits.fits) AS next_next
        FROM latest
        JOIN analysis_series AS series
            ON series.series_id = latest.series_id
           AND series.place BETWEEN latest.first_place AND latest.last_place
        CROSS JOIN LATERAL (
            SELECT series.place >= latest.first_place + 20 AND series.place < latest.last_place AS fits
        ) AS fits
        GROUP BY latest.calculation_date, latest.series_id, latest.observations, latest.moved, latest.week, latest.month
    ),
    ranked AS (
        SELECT latest.calculation_date, latest.series_id,
               avg((series.month < latest.month)::integer) AS percentile
        FROM latest
        JOIN analysis_series AS series
            ON series.series_id = latest.series_id
           AND series.place BETWEEN latest.long_place + 20 AND latest.last_place
        WHERE latest.last_place - latest.long_place + 1 >= 252
        GROUP BY latest.calculation_date, latest.series_id
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
           modelled.strength, ranked.percentile, modelled.observations, modelled.reason
    FROM modelled
    LEFT JOIN ranked USING (calculation_date, series_id)
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
