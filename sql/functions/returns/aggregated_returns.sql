-- Returns of many series linked to returns of weeks, months, quarters or years.
--
-- series_ids, dates   a row per series and day, in any order
-- returns             0.05 is 5 %; NULL is a return that is missing, it moves nothing
-- period              week (Monday to Sunday), month, quarter or year, as the calendar has them
-- returns             a row per series and period in which it has a day, in this order:
--     period_start, period_end   first and last day of the period in the calendar
--     observations               how many returns there are
--     period_return              product of 1 + return, less 1; -1 where everything was lost. NULL with a reason:
--                                no_observation, or out_of_range (growth beyond e^300)
-- errors              22R01 arrays that differ in length, a NULL but for a return, a NaN, a day twice, an unknown period
CREATE OR REPLACE FUNCTION rollforward.aggregated_returns(
    series_ids bigint[],
    dates date[],
    returns double precision[],
    period text
)
RETURNS TABLE (
    series_id bigint,
    period_start date,
    period_end date,
    observations bigint,
    period_return double precision,
    reason text
)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_choice('period', aggregated_returns.period, ARRAY['week', 'month', 'quarter', 'year']);
    PERFORM rollforward.require_days(aggregated_returns.series_ids, aggregated_returns.dates, once => true);
    PERFORM rollforward.require_returns(
        'returns', aggregated_returns.returns, aggregated_returns.series_ids, aggregated_returns.dates);

    RETURN QUERY
    WITH day AS (
        SELECT given.series_id, date_trunc(aggregated_returns.period, given.on_date::timestamp) AS begins,
               rollforward.log_return(given.period_return) AS log_return
        FROM unnest(aggregated_returns.series_ids, aggregated_returns.dates, aggregated_returns.returns)
            AS given (series_id, on_date, period_return)
    ),
    linked AS (
        SELECT day.series_id, day.begins, count(day.log_return) AS observations,
               rollforward.plain_return(sum(day.log_return)) AS period_return
        FROM day
        GROUP BY day.series_id, day.begins
    )
    SELECT linked.series_id, linked.begins::date,
           (linked.begins + CASE aggregated_returns.period
                WHEN 'week' THEN interval '1 week'
                WHEN 'month' THEN interval '1 month'
                WHEN 'quarter' THEN interval '3 months'
                ELSE interval '1 year'
            END)::date - 1,
           linked.observations, linked.period_return,
           CASE WHEN linked.observations = 0 THEN 'no_observation'
                WHEN linked.period_return IS NULL THEN 'out_of_range' END
    FROM linked
    ORDER BY linked.series_id, linked.begins;
END
$$;

COMMENT ON FUNCTION rollforward.aggregated_returns IS
    'Returns of many series linked to returns of weeks, months, quarters or years';
