-- Returns of accounts over a range, in their base currency, of what equity_snapshot says, by every measure.
--
-- Measuring begins with what the account was worth at the end of the day before start_date: the closing equity of its
-- last row before, or, where there is none, 0 on the day before its first row. It ends with the last row in the range.
--
-- account_ids            accounts to measure
-- start_date, end_date   both included
-- flow_timing            when the flow of a day happens: start, end, or inflow_start (in at the start, out at the end)
-- day_count              what a year is: actual/365, actual/365.25, actual/360 or actual/actual
-- returns                a row per account. Returns are parts of one (0.05 is 5 %): the time-weighted one of the period;
--                        the money-weighted one (XIRR) a year; modified Dietz of the period; the deepest fall of the
--                        time-weighted growth, with its days. NULL where there is none; then reason says why.
--     reason             all figures are NULL: stale (the account waits to be recomputed from a day in the range or
--                        before it), not_valued (it has no row in the range), or rate_missing (a figure that is needed
--                        depends on a rate that is not known). Or else, what money_weighted_returns() says, or
--                        modified_dietz_returns(); or no_base, where only the time-weighted return is NULL
-- errors                 22R01 an argument is NULL, the range is upside down or without end, an account is unknown, or an
--                        unknown convention
-- relies on              equity_snapshot_pkey
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
    unmeasured jsonb;
BEGIN
    PERFORM rollforward.require_range(account_returns.start_date, account_returns.end_date);
    PERFORM rollforward.require_accounts(account_returns.account_ids);
    IF NOT (isfinite(account_returns.start_date) AND isfinite(account_returns.end_date)) THEN
        RAISE EXCEPTION 'a range without end has no returns: % to %', account_returns.start_date, account_returns.end_date
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(
                      jsonb_build_object('argument', 'start_date', 'value', account_returns.start_date),
                      jsonb_build_object('argument', 'end_date', 'value', account_returns.end_date)),
                  HINT = 'Pass the first and the last day.';
    END IF;

    SELECT coalesce(array_agg(day.account_id) FILTER (WHERE day.reason IS NULL), '{}'),
           coalesce(array_agg(day.on_date) FILTER (WHERE day.reason IS NULL), '{}'),
           coalesce(array_agg(day.worth) FILTER (WHERE day.reason IS NULL), '{}'),
           coalesce(array_agg(day.flow) FILTER (WHERE day.reason IS NULL), '{}'),
           coalesce(jsonb_object_agg(day.account_id, day.reason) FILTER (WHERE day.reason IS NOT NULL), '{}')
    INTO ids, dates, worths, flows, unmeasured
    FROM rollforward.measured_days(
        account_returns.account_ids, account_returns.start_date, account_returns.end_date) AS day;

    RETURN QUERY
    WITH growth AS (
        SELECT linked.series_id, linked.on_date, linked.growth, linked.cumulative_return, linked.unmeasured_days
        FROM rollforward.time_weighted_returns(ids, dates, worths, flows, account_returns.flow_timing, 'base') AS linked
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
            ARRAY(SELECT growth.growth FROM growth ORDER BY growth.series_id, growth.on_date)) AS drawdown
        JOIN whole USING (series_id)
        WHERE whole.cumulative_return IS NOT NULL
    )
    SELECT account.account_id, account.base_currency::text,
           dietz.opening_value, dietz.closing_value, dietz.net_flow, dietz.gain,
           whole.cumulative_return, weighted.annual_return, dietz.period_return,
           fall.drawdown, fall.peak_date, fall.trough_date, fall.recovery_date, whole.unmeasured_days,
           coalesce(unmeasured ->> account.account_id::text, weighted.reason, dietz.reason,
                    CASE WHEN whole.cumulative_return IS NULL THEN 'no_base' END)
    FROM rollforward_data.account
    LEFT JOIN whole ON whole.series_id = account.account_id
    LEFT JOIN fall ON fall.series_id = account.account_id
    LEFT JOIN rollforward.money_weighted_returns(
        ids, dates, worths, flows, account_returns.flow_timing, 'base', account_returns.day_count) AS weighted
        ON weighted.series_id = account.account_id
    LEFT JOIN rollforward.modified_dietz_returns(
        ids, dates, worths, flows, account_returns.flow_timing, 'base', account_returns.day_count) AS dietz
        ON dietz.series_id = account.account_id
    WHERE account.account_id = ANY (account_returns.account_ids)
    ORDER BY account.account_id;
END
$$;

COMMENT ON FUNCTION rollforward.account_returns IS 'Returns of accounts over a range: time-weighted, money-weighted, modified Dietz, maximum drawdown';
