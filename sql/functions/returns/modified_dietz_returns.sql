-- Modified Dietz returns of many series: the gain of a period as a part of the capital that was invested on average.
--
-- gain = closing value - opening value - flows. Average capital = opening value + sum of flow x weight; the weight is the
-- part of the period for which the flow was there: (T - t) / T for a flow at the end of day t of T. Values between are
-- not needed.
--
-- series_ids, dates   a row per series and day, in any order
-- closing_values      value at the end of the day, its flow included; between first and last day NULL will do
-- flows               what came in (positive) or went out (negative) on the day
-- flow_timing         end: a flow happens at the end of its day. start: at its start, weight (T - t + 1) / T.
--                     inflow_start: what comes in at the start, what goes out at the end
-- first_day           what the first row of a series is. base: where measuring begins; its value is the opening value
--                     and has its flow in it. counted: a day like others; the series was worth 0 the day before
-- day_count           what a year is: actual/365, actual/365.25, actual/360 or actual/actual
-- returns             a row per series, in this order:
--     start_date, end_date   the period, from end of day to end of day
--     opening_value, closing_value, net_flow, gain, average_capital (to 8 decimals)
--     period_return   gain / average capital to 12 decimals (0.05 is 5 %), or NULL with a reason:
--                     one_day           the period has no length
--                     nothing_invested  gain and average capital are 0
--                     no_base           average capital is 0, gain is not
--                     negative_base
--     annual_return   see annualised_return()
-- errors              22R01 arrays that differ in length, a NULL, a NaN, a day twice, an unknown convention
CREATE OR REPLACE FUNCTION rollforward.modified_dietz_returns(
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
    opening_value numeric,
    closing_value numeric,
    net_flow numeric,
    gain numeric,
    average_capital numeric,
    period_return numeric,
    annual_return numeric,
    reason text
)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_day_count(modified_dietz_returns.day_count);
    PERFORM rollforward.require_valued_series(
        modified_dietz_returns.series_ids, modified_dietz_returns.dates, modified_dietz_returns.closing_values,
        modified_dietz_returns.flows, modified_dietz_returns.flow_timing, modified_dietz_returns.first_day,
        ends_only => true);

    RETURN QUERY
    WITH placed AS (
        SELECT day.series_id, day.on_date, day.closing_value,
               CASE WHEN day.on_date > min(day.on_date) OVER series
                      OR modified_dietz_returns.first_day = 'counted' THEN day.flow ELSE 0 END AS flow,
               min(day.on_date) OVER series AS first_date,
               max(day.on_date) OVER series AS end_date
        FROM unnest(
            modified_dietz_returns.series_ids, modified_dietz_returns.dates, modified_dietz_returns.closing_values,
            modified_dietz_returns.flows) AS day (series_id, on_date, closing_value, flow)
        WINDOW series AS (PARTITION BY day.series_id)
    ),
    weighted AS (
        SELECT placed.*,
               placed.flow * (placed.end_date - placed.on_date
                              + CASE WHEN modified_dietz_returns.flow_timing = 'start'
                                       OR modified_dietz_returns.flow_timing = 'inflow_start' AND placed.flow > 0
                                     THEN 1 ELSE 0 END) AS flow_days
        FROM placed
    ),
    period AS (
        SELECT weighted.series_id,
               weighted.first_date
                   - CASE modified_dietz_returns.first_day WHEN 'counted' THEN 1 ELSE 0 END AS start_date,
               weighted.end_date,
               CASE modified_dietz_returns.first_day
                   WHEN 'counted' THEN 0
                   ELSE max(weighted.closing_value) FILTER (WHERE weighted.on_date = weighted.first_date)
               END AS opening_value,
               max(weighted.closing_value) FILTER (WHERE weighted.on_date = weighted.end_date) AS closing_value,
               sum(weighted.flow) AS net_flow,
               sum(weighted.flow_days) AS flow_days
        FROM weighted
        GROUP BY weighted.series_id, weighted.first_date, weighted.end_date
    ),
    capital AS (
        SELECT period.*,
               period.end_date - period.start_date AS days,
               period.closing_value - period.opening_value - period.net_flow AS gain,
               period.opening_value * (period.end_date - period.start_date) + period.flow_days AS capital_days
        FROM period
    ),
    judged AS (
        SELECT capital.*,
               CASE
                   WHEN capital.days = 0 THEN 'one_day'
                   WHEN capital.capital_days > 0 THEN NULL
                   WHEN capital.capital_days < 0 THEN 'negative_base'
                   WHEN capital.gain = 0 THEN 'nothing_invested'
                   ELSE 'no_base'
               END AS reason
        FROM capital
    ),
    measured AS (
        SELECT judged.*,
               CASE WHEN judged.reason IS NULL
                    THEN round(judged.gain * judged.days / judged.capital_days, 12) END AS period_return
        FROM judged
    )
    SELECT measured.series_id, measured.start_date, measured.end_date, measured.opening_value, measured.closing_value,
           measured.net_flow, measured.gain, round(measured.capital_days / nullif(measured.days, 0), 8),
           measured.period_return,
           rollforward.annual_rate(
               (1 + measured.period_return)::double precision,
               rollforward.year_fraction(measured.start_date, measured.end_date, modified_dietz_returns.day_count)),
           measured.reason
    FROM measured
    ORDER BY measured.series_id;
END
$$;

COMMENT ON FUNCTION rollforward.modified_dietz_returns IS
    'Modified Dietz returns of many series: the gain of a period as a part of the capital invested on average';
