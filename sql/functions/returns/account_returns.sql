-- Returns of accounts over a range, in their base currency: what account_values() says, by every measure.
--
-- Measuring begins with what the account was worth at the end of the day before start_date.
--
-- account_ids            accounts to measure
-- start_date, end_date   both included
-- flow_timing            when the flow of a day happens: start, end, or inflow_start (in at the start, out at the end)
-- day_count              what a year is: actual/365, actual/365.25, actual/360 or actual/actual
-- returns                a row per account. Returns are parts of one (0.05 is 5 %): the time-weighted one of the period;
--                        the money-weighted one (XIRR) a year; modified Dietz of the period; the deepest fall of the
--                        time-weighted growth, with its days. NULL where there is none; reason says why: rate_missing,
--                        or what time_weighted_returns(), money_weighted_returns() and modified_dietz_returns() say
-- errors                 22R01 as account_values(), and an unknown convention
CREATE OR REPLACE FUNCTION rollforward.account_returns(
    account_ids bigint[],
    start_date date,
    end_date date,
    flow_timing text DEFAULT 'inflow_start',
    day_count text DEFAULT 'actual/365'
)
RETURNS TABLE (
    account_id bigint,
    currency text,
    opening_value numeric,
    closing_value numeric,
    net_flow numeric,
    gain numeric,
    time_weighted_return numeric,
    money_weighted_return numeric,
    modified_dietz_return numeric,
    max_drawdown numeric,
    peak_date date,
    trough_date date,
    recovery_date date,
    unmeasured_days bigint,
    reason text
)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    ids bigint[];
    dates date[];
    worths numeric[];
    flows numeric[];
BEGIN
    PERFORM rollforward.given(account_returns.start_date, 'start_date');
    SELECT array_agg(day.account_id), array_agg(day.on_date), array_agg(day.closing_value), array_agg(day.flow)
    INTO ids, dates, worths, flows
    FROM (
        SELECT measured.*, bool_or(measured.rates_missing > 0) OVER (PARTITION BY measured.account_id) AS is_unrated
        FROM rollforward.account_values(
            account_returns.account_ids, account_returns.start_date - 1, account_returns.end_date) AS measured
    ) AS day
    WHERE NOT day.is_unrated;

    RETURN QUERY
    WITH growth AS (
        SELECT linked.series_id, linked.on_date, linked.growth, linked.cumulative_return, linked.unmeasured_days
        FROM rollforward.time_weighted_returns(
            coalesce(ids, '{}'), coalesce(dates, '{}'), coalesce(worths, '{}'), coalesce(flows, '{}'),
            account_returns.flow_timing, 'base') AS linked
    ),
    whole AS (
        SELECT DISTINCT ON (growth.series_id) growth.*
        FROM growth
        ORDER BY growth.series_id, growth.on_date DESC
    ),
    fall AS (
        SELECT drawdown.*
        FROM rollforward.max_drawdowns(
            ARRAY(SELECT growth.series_id FROM growth ORDER BY growth.series_id, growth.on_date),
            ARRAY(SELECT growth.on_date FROM growth ORDER BY growth.series_id, growth.on_date),
            ARRAY(SELECT coalesce(growth.growth, 1) FROM growth ORDER BY growth.series_id, growth.on_date)) AS drawdown
    )
    SELECT account.account_id, account.base_currency::text,
           dietz.opening_value, dietz.closing_value, dietz.net_flow, dietz.gain,
           whole.cumulative_return, weighted.annual_return, dietz.period_return,
           fall.drawdown, fall.peak_date, fall.trough_date, fall.recovery_date, whole.unmeasured_days,
           CASE WHEN whole.series_id IS NULL THEN 'rate_missing' ELSE coalesce(weighted.reason, dietz.reason) END
    FROM rollforward_data.account
    LEFT JOIN whole ON whole.series_id = account.account_id
    LEFT JOIN fall ON fall.series_id = account.account_id
    LEFT JOIN rollforward.money_weighted_returns(
        coalesce(ids, '{}'), coalesce(dates, '{}'), coalesce(worths, '{}'), coalesce(flows, '{}'),
        account_returns.flow_timing, 'base', account_returns.day_count) AS weighted
        ON weighted.series_id = account.account_id
    LEFT JOIN rollforward.modified_dietz_returns(
        coalesce(ids, '{}'), coalesce(dates, '{}'), coalesce(worths, '{}'), coalesce(flows, '{}'),
        account_returns.flow_timing, 'base', account_returns.day_count) AS dietz
        ON dietz.series_id = account.account_id
    WHERE account.account_id = ANY (account_returns.account_ids)
    ORDER BY account.account_id;
END
$$;

COMMENT ON FUNCTION rollforward.account_returns IS 'Returns of accounts over a range: time-weighted, money-weighted, modified Dietz, maximum drawdown';
