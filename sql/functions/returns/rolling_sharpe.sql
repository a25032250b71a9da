-- Sharpe ratios of many series over the last rows up to each day.
--
-- series_ids, dates   a row per series and day, in any order
-- returns             0.05 is 5 %, to 30 decimals; NULL is a return that is missing: its row counts, it does not
-- window_size         how many rows; 2 or more
-- periods_per_year, risk_free
--                     as of return_statistics(), where the ratio is defined
-- returns             a row per series and day, in this order:
--     observations    how many returns the rows up to the day have
--     sharpe          NULL with a reason: short_window (there are not yet as many rows), no_observation, one_observation,
--                     or no_variance (all returns are equal)
-- errors              22R01 arrays that differ in length, a NULL but for a return, a NaN, a day twice, a number that
--                     cannot be
CREATE OR REPLACE FUNCTION rollforward.rolling_sharpe(
    series_ids bigint[],
    dates date[],
    returns double precision[],
    window_size integer,
    periods_per_year integer DEFAULT 252,
    risk_free double precision DEFAULT 0
)
RETURNS TABLE (series_id bigint, on_date date, observations bigint, sharpe double precision, reason text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_number('window_size', rolling_sharpe.window_size, 1, 1e6);
    PERFORM rollforward.require_number('periods_per_year', rolling_sharpe.periods_per_year, 0, 1e6);
    PERFORM rollforward.require_number('risk_free', rolling_sharpe.risk_free, -1e6, 1e6);
    PERFORM rollforward.require_days(rolling_sharpe.series_ids, rolling_sharpe.dates, once => true);
    PERFORM rollforward.require_returns(
        'returns', rolling_sharpe.returns, rolling_sharpe.series_ids, rolling_sharpe.dates);

    RETURN QUERY
    WITH day AS (
        -- as numeric, and all of one scale, a return that leaves the window can be taken out again, exactly
        SELECT given.series_id, given.on_date, round(given.period_return::numeric, 30) AS period_return
        FROM unnest(rolling_sharpe.series_ids, rolling_sharpe.dates, rolling_sharpe.returns)
            AS given (series_id, on_date, period_return)
    ),
    seen AS (
        SELECT day.series_id, day.on_date,
               count(*) OVER latest AS rows_seen,
               count(day.period_return) OVER latest AS observations,
               (avg(day.period_return) OVER latest)::double precision AS mean,
               (stddev_samp(day.period_return) OVER latest)::double precision AS deviation
        FROM day
        WINDOW latest AS (
            PARTITION BY day.series_id ORDER BY day.on_date
            ROWS BETWEEN rolling_sharpe.window_size - 1 PRECEDING AND CURRENT ROW)
    ),
    judged AS (
        SELECT seen.*,
               CASE
                   WHEN seen.rows_seen < rolling_sharpe.window_size THEN 'short_window'
                   WHEN seen.observations = 0 THEN 'no_observation'
                   WHEN seen.observations = 1 THEN 'one_observation'
                   WHEN NOT rollforward.varies(seen.deviation, seen.mean) THEN 'no_variance'
               END AS reason
        FROM seen
    )
    SELECT judged.series_id, judged.on_date, judged.observations,
           CASE WHEN judged.reason IS NULL
                THEN (judged.mean - rolling_sharpe.risk_free) / judged.deviation
                     * sqrt(rolling_sharpe.periods_per_year) END,
           judged.reason
    FROM judged
    ORDER BY judged.series_id, judged.on_date;
END
$$;

COMMENT ON FUNCTION rollforward.rolling_sharpe IS 'Sharpe ratios of many series over the last rows up to each day';
