-- Time-weighted returns of many series: each day's return, and the returns of the days so far linked to one.
--
-- A return is gain / base. The gain of a day is closing value - opening value - flow, in every convention; the base
-- depends on when the flow of the day happens:
--     start          opening value + flow           (closing / (opening + flow) - 1)
--     end            opening value                  ((closing - flow) / opening - 1)
--     inflow_start   opening value + flow, if positive: money comes at the start of the day and goes at its end
--                    (Portfolio Performance's true time-weighted rate of return)
-- The opening value is the closing value of the row before. Rows need not be consecutive days.
--
-- series_ids, dates   a row per series and day, in any order
-- closing_values      value at the end of the day, the flow of the day included
-- flows               what came in (positive) or went out (negative) on the day
-- flow_timing         start, end or inflow_start
-- first_day           what the first row of a series is. base: where measuring begins; its value is the opening value
--                     and has its flow in it. counted: a day like others; the series was worth 0 the day before
-- returns             a row per series and day, in this order:
--     base, gain          as above; NULL on a first row that is the base
--     daily_return        gain / base to 12 decimals (0.05 is 5 %), or NULL with a reason:
--                         first_day         the row is where measuring begins
--                         nothing_invested  base and gain are 0
--                         no_base           base is 0, gain is not
--                         negative_base
--     growth              what one unit at the beginning has become: the product of 1 + return over the days that have
--                         one, to 15 significant digits. A day that loses its whole base or more takes it to 0, for good
--     cumulative_return   growth - 1 to 12 decimals; NULL as long as no day had a return
--     unmeasured_days     how many days so far had no_base or negative_base: their gain is in no return
-- errors              22R01 arrays that differ in length, a NULL, a NaN, a day twice, an unknown convention
CREATE OR REPLACE FUNCTION rollforward.time_weighted_returns(
    series_ids bigint[],
    dates date[],
    closing_values numeric[],
    flows numeric[],
    flow_timing text DEFAULT 'inflow_start',
    first_day text DEFAULT 'base'
)
RETURNS TABLE (
    series_id bigint,
    on_date date,
    base numeric,
    gain numeric,
    daily_return numeric,
    growth numeric,
    cumulative_return numeric,
    unmeasured_days bigint,
    reason text
)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_valued_series(
        time_weighted_returns.series_ids, time_weighted_returns.dates, time_weighted_returns.closing_values,
        time_weighted_returns.flows, time_weighted_returns.flow_timing, time_weighted_returns.first_day,
        ends_only => false);

    RETURN QUERY
    WITH opened AS (
        SELECT day.series_id, day.on_date, day.closing_value, day.flow,
               lag(day.closing_value, 1, CASE time_weighted_returns.first_day WHEN 'counted' THEN 0 END)
                   OVER (PARTITION BY day.series_id ORDER BY day.on_date) AS opening_value
        FROM unnest(
            time_weighted_returns.series_ids, time_weighted_returns.dates, time_weighted_returns.closing_values,
            time_weighted_returns.flows) AS day (series_id, on_date, closing_value, flow)
    ),
    based AS (
        SELECT opened.series_id, opened.on_date,
               CASE time_weighted_returns.flow_timing
                   WHEN 'start' THEN opened.opening_value + opened.flow
                   WHEN 'end' THEN opened.opening_value
                   ELSE opened.opening_value + greatest(opened.flow, 0)
               END AS base,
               opened.closing_value - opened.opening_value - opened.flow AS gain
        FROM opened
        ORDER BY opened.series_id, opened.on_date  -- as they are; so each step is computed once, not where it is used
    ),
    measured AS (
        SELECT based.*,
               CASE WHEN based.base > 0 AND based.base + based.gain > 0
                    THEN ln(((based.base + based.gain) / based.base)::double precision)
                    WHEN based.base > 0 THEN '-Infinity' END AS log_growth
        FROM based
        ORDER BY based.series_id, based.on_date
    ),
    linked AS (
        SELECT measured.series_id, measured.on_date, measured.base, measured.gain,
               sum(measured.log_growth) OVER so_far AS log_growth,
               count(*) FILTER (WHERE measured.base < 0 OR measured.base = 0 AND measured.gain <> 0) OVER so_far
                   AS unmeasured_days
        FROM measured
        WINDOW so_far AS (PARTITION BY measured.series_id ORDER BY measured.on_date ROWS UNBOUNDED PRECEDING)
    ),
    grown AS (
        SELECT linked.*, rollforward.growth(linked.log_growth) AS growth
        FROM linked
        ORDER BY linked.series_id, linked.on_date
    )
    SELECT grown.series_id, grown.on_date, grown.base, grown.gain,
           CASE WHEN grown.base > 0 THEN round(grown.gain / grown.base, 12) END,
           grown.growth,
           CASE WHEN grown.log_growth IS NOT NULL THEN round(grown.growth - 1, 12) END,
           grown.unmeasured_days,
           CASE
               WHEN grown.base > 0 THEN NULL
               WHEN grown.base IS NULL THEN 'first_day'
               WHEN grown.base < 0 THEN 'negative_base'
               WHEN grown.gain = 0 THEN 'nothing_invested'
               ELSE 'no_base'
           END
    FROM grown
    ORDER BY grown.series_id, grown.on_date;
END
$$;

COMMENT ON FUNCTION rollforward.time_weighted_returns IS
    'Time-weighted returns of many series: each day''s return, and the returns so far linked to one';
