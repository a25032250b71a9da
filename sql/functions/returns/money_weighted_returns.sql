-- Money-weighted returns of many series: the yearly rate at which opening value and flows grow to the closing value.
--
-- The internal rate of return of a series as its owner sees it: the opening value and what comes in are paid, what goes
-- out and the closing value are received. Values between are not needed. See xirr() for how it is solved.
--
-- series_ids, dates   a row per series and day, in any order
-- closing_values      value at the end of the day, its flow included; between first and last day NULL will do
-- flows               what came in (positive) or went out (negative) on the day
-- flow_timing         end: a flow happens at the end of its day (XIRR). start: at its start, that is the end of the day
--                     before. inflow_start: what comes in at the start, what goes out at the end
-- first_day           what the first row of a series is. base: where measuring begins; its value is the opening value
--                     and has its flow in it. counted: a day like others; the series was worth 0 the day before
-- day_count           what a year is: actual/365 (XIRR), actual/365.25, actual/360 or actual/actual
-- returns             a row per series, in this order; columns as in xirr(). start_date and end_date are those between
--                     which money was in the series; gain is closing value - opening value - flows
-- errors              22R01 arrays that differ in length, a NULL, a NaN, a day twice, an unknown convention
CREATE OR REPLACE FUNCTION rollforward.money_weighted_returns(
    series_ids bigint[],
    dates date[],
    closing_values numeric[],
    flows numeric[],
    flow_timing text DEFAULT 'end',
    first_day text DEFAULT 'base',
    day_count text DEFAULT 'actual/365'
)
RETURNS TABLE (
    series_id bigint,
    start_date date,
    end_date date,
    gain numeric,
    period_return numeric,
    annual_return numeric,
    solutions bigint,
    reason text
)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_day_count(money_weighted_returns.day_count);
    PERFORM rollforward.require_valued_series(
        money_weighted_returns.series_ids, money_weighted_returns.dates, money_weighted_returns.closing_values,
        money_weighted_returns.flows, money_weighted_returns.flow_timing, money_weighted_returns.first_day,
        ends_only => true);

    RETURN QUERY
    WITH placed AS (
        SELECT day.series_id, day.on_date, day.closing_value, day.flow,
               row_number() OVER series = 1 AS is_first,
               lead(day.on_date) OVER series IS NULL AS is_last
        FROM unnest(
            money_weighted_returns.series_ids, money_weighted_returns.dates, money_weighted_returns.closing_values,
            money_weighted_returns.flows) AS day (series_id, on_date, closing_value, flow)
        WINDOW series AS (PARTITION BY day.series_id ORDER BY day.on_date)
    ),
    paid AS (
        SELECT placed.series_id, placed.on_date, -placed.closing_value AS amount
        FROM placed
        WHERE placed.is_first
          AND money_weighted_returns.first_day = 'base'
        UNION ALL
        SELECT placed.series_id,
               placed.on_date - CASE WHEN money_weighted_returns.flow_timing = 'start'
                                       OR money_weighted_returns.flow_timing = 'inflow_start' AND placed.flow > 0
                                     THEN 1 ELSE 0 END,
               -placed.flow
        FROM placed
        WHERE placed.flow <> 0
          AND (NOT placed.is_first OR money_weighted_returns.first_day = 'counted')
        UNION ALL
        SELECT placed.series_id, placed.on_date, placed.closing_value
        FROM placed
        WHERE placed.is_last
    )
    SELECT solved.*
    FROM (
        SELECT array_agg(paid.series_id) AS series_ids, array_agg(paid.on_date) AS dates,
               array_agg(paid.amount) AS amounts
        FROM paid
    ) AS list
    CROSS JOIN LATERAL rollforward.xirr(
        list.series_ids, list.dates, list.amounts, money_weighted_returns.day_count) AS solved
    WHERE list.series_ids IS NOT NULL;
END
$$;

COMMENT ON FUNCTION rollforward.money_weighted_returns IS
    'Money-weighted returns of many series: the rate at which opening value and flows grow to the closing value';
