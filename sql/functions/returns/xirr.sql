-- Internal rates of return of many lists of dated amounts (XIRR): the yearly rate at which each list is worth nothing.
--
-- It solves: sum of amount / (1 + rate) ^ (years since the first amount) = 0. With all signs turned round it is the same.
--
-- series_ids, dates   a row per amount, in any order; amounts of a series on one day add up
-- amounts             paid negative, received positive; for a list up to today the value now is received today
-- day_count           what a year is: actual/365 (as spreadsheets have it), actual/365.25, actual/360 or actual/actual
-- returns             a row per series, in this order:
--     start_date, end_date   days of the first and the last amount that is not 0
--     gain                   sum of all amounts
--     period_return          (1 + annual_return) ^ years - 1, from start to end date, to 12 decimals
--     annual_return          the rate, to 12 decimals (0.05 is 5 %)
--     solutions              how many rates solve the list. Of several that nearest to 0 is taken (by the logarithm of
--                            1 + rate): the least growth or loss that explains the amounts
--     reason                 why there is no rate:
--                            one_day           all that is not 0 is on one day
--                            nothing_invested  the amounts of each day come to 0
--                            one_sign          nothing was paid or nothing received, as after a loss of everything
--                            no_solution       at every rate the list is worth something
--                            out_of_range      one unit would become more than 10^12, or less than 10^-12, in a year
--                                              (then there is a period_return), or more than e^500 in the period
-- errors              22R01 arrays that differ in length, a NULL, a NaN, an unknown day count
CREATE OR REPLACE FUNCTION rollforward.xirr(
    series_ids bigint[],
    dates date[],
    amounts numeric[],
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
    PERFORM rollforward.require_day_count(xirr.day_count);
    PERFORM rollforward.require_days(xirr.series_ids, xirr.dates, once => false);
    PERFORM rollforward.require_amounts('amounts', xirr.amounts, xirr.series_ids, xirr.dates);

    RETURN QUERY
    WITH flow AS (
        SELECT given.series_id, given.on_date, given.amount
        FROM unnest(xirr.series_ids, xirr.dates, xirr.amounts) AS given (series_id, on_date, amount)
        ORDER BY given.series_id, given.on_date  -- sorted once for both groupings
    ),
    day_amount AS (
        SELECT flow.series_id, flow.on_date, sum(flow.amount) AS amount
        FROM flow
        GROUP BY flow.series_id, flow.on_date
    ),
    list AS (
        SELECT day_amount.series_id, sum(day_amount.amount) AS gain, count(*) AS days,
               array_agg(day_amount.on_date ORDER BY day_amount.on_date) FILTER (WHERE day_amount.amount <> 0) AS dates,
               array_agg(day_amount.amount::double precision ORDER BY day_amount.on_date)
                   FILTER (WHERE day_amount.amount <> 0) AS amounts
        FROM day_amount
        GROUP BY day_amount.series_id
    ),
    period AS MATERIALIZED (
        SELECT list.series_id, list.gain, list.days, list.dates, list.amounts,
               list.dates[1] AS start_date, list.dates[cardinality(list.dates)] AS end_date,
               rollforward.year_fraction(list.dates[1], list.dates[cardinality(list.dates)], xirr.day_count) AS years,
               0 < ANY (list.amounts) AND 0 > ANY (list.amounts) AS has_both_signs
        FROM list
    ),
    rate AS (
        SELECT solved.series_id, solved.log_growth, solved.solutions, solved.reason
        FROM rollforward.solved_rates(ARRAY(
            SELECT ROW(period.series_id, period.amounts, ARRAY(
                       SELECT rollforward.year_fraction(period.start_date, flow.on_date, xirr.day_count) / period.years
                       FROM unnest(period.dates) WITH ORDINALITY AS flow (on_date, place)
                       ORDER BY flow.place))::rollforward.amount_list
            FROM period
            WHERE period.years > 0
              AND period.has_both_signs)) AS solved
    ),
    judged AS (
        SELECT period.*, rate.log_growth, coalesce(rate.solutions, 0) AS solutions,
               CASE WHEN period.days = 1 OR period.years = 0 THEN 'one_day'
                    WHEN period.years IS NULL THEN 'nothing_invested'
                    WHEN NOT period.has_both_signs THEN 'one_sign'
                    WHEN abs(rate.log_growth) > 27.6 * period.years THEN 'out_of_range'
                    ELSE rate.reason END AS reason
        FROM period
        LEFT JOIN rate USING (series_id)
    )
    SELECT judged.series_id, judged.start_date, judged.end_date, judged.gain,
           round(exp(judged.log_growth)::numeric - 1, 12),
           CASE WHEN judged.reason IS NULL THEN round(exp(judged.log_growth / judged.years)::numeric - 1, 12) END,
           judged.solutions, judged.reason
    FROM judged
    ORDER BY judged.series_id;
END
$$;

COMMENT ON FUNCTION rollforward.xirr IS
    'Internal rates of return of many lists of dated amounts (XIRR)';
