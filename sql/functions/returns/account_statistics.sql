-- Statistics of the daily returns of accounts over a range, and how they compare with those of an instrument.
--
-- Daily returns are the time-weighted ones of what equity_snapshot says, as account_returns() has them: measuring begins at
-- the end of the day before start_date, for a new account at the end of the day before its first row. Days without a
-- return (nothing was invested, or its base is not positive) are observations that are missing. The benchmark's return is
-- that of its closes between the same two trading days, adjusted for splits, in its own currency; a day counts when the
-- account has a return and both its ends have a close.
--
-- account_ids             accounts to measure
-- start_date, end_date    both included
-- benchmark               symbol of an instrument, or NULL
-- risk_free_rate          a year; compounded, a day's is (1 + rate) ^ (1 / periods_per_year) - 1
-- required_return_rate    the least return that satisfies, a year; likewise
-- confidence              of the value at risk
-- flow_timing             when the flow of a day happens: start, end, or inflow_start (in at the start, out at the end)
-- periods_per_year        trading days of a year: 365 for a calendar without weekends
-- returns                 a row per account, with the figures and reasons of return_statistics()
--     unmeasured_days     how many days have a gain that is in no return
--     reason              all figures are NULL: stale, not_valued, rate_missing (as of account_returns()), or
--                         no_observation (no day has a return)
-- errors                  22R01 an argument but benchmark is NULL, the range is upside down or without end, an account or
--                         the benchmark is unknown, an unknown convention, a number that cannot be
-- relies on               equity_snapshot_pkey, price_pkey, split_pkey
CREATE OR REPLACE FUNCTION rollforward.account_statistics(
    account_ids bigint[],
    start_date date,
    end_date date,
    benchmark text DEFAULT NULL,
    risk_free_rate double precision DEFAULT 0,
    required_return_rate double precision DEFAULT 0,
    confidence double precision DEFAULT 0.95,
    flow_timing text DEFAULT 'inflow_start',
    periods_per_year integer DEFAULT 252
)
RETURNS TABLE (
    account_id bigint,
    observations bigint,
    cumulative_return double precision,
    annual_return double precision,
    volatility double precision,
    downside_deviation double precision,
    sharpe double precision,
    sortino double precision,
    calmar double precision,
    omega double precision,
    tail_ratio double precision,
    stability double precision,
    value_at_risk double precision,
    expected_shortfall double precision,
    max_drawdown double precision,
    peak_date date,
    trough_date date,
    recovery_date date,
    common_observations bigint,
    alpha double precision,
    beta double precision,
    correlation double precision,
    r_squared double precision,
    up_capture double precision,
    down_capture double precision,
    up_down_capture double precision,
    tracking_error double precision,
    information_ratio double precision,
    unmeasured_days bigint,
    reason text,
    reasons jsonb
)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    benchmark_id bigint;
    ids bigint[];
    dates date[];
    worths numeric[];
    flows numeric[];
    unmeasured jsonb;
BEGIN
    PERFORM rollforward.require_finite_range(account_statistics.start_date, account_statistics.end_date);
    PERFORM rollforward.require_accounts(account_statistics.account_ids);
    PERFORM rollforward.require_number('periods_per_year', account_statistics.periods_per_year, 0, 1e6);
    PERFORM rollforward.require_number('risk_free_rate', account_statistics.risk_free_rate, -1, 1e6);
    PERFORM rollforward.require_number('required_return_rate', account_statistics.required_return_rate, -1, 1e6);
    PERFORM rollforward.require_number('confidence', account_statistics.confidence, 0, 1);

    SELECT instrument.instrument_id INTO benchmark_id
    FROM rollforward_data.instrument
    WHERE instrument.symbol = account_statistics.benchmark;
    IF NOT FOUND AND account_statistics.benchmark IS NOT NULL THEN
        RAISE EXCEPTION 'unknown instrument: %', account_statistics.benchmark
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(
                      jsonb_build_object('argument', 'benchmark', 'value', account_statistics.benchmark)),
                  HINT = 'The view rollforward.instrument lists the instruments that exist.';
    END IF;

    SELECT coalesce(array_agg(day.account_id) FILTER (WHERE day.reason IS NULL), '{}'),
           coalesce(array_agg(day.on_date) FILTER (WHERE day.reason IS NULL), '{}'),
           coalesce(array_agg(day.worth) FILTER (WHERE day.reason IS NULL), '{}'),
           coalesce(array_agg(day.flow) FILTER (WHERE day.reason IS NULL), '{}'),
           coalesce(jsonb_object_agg(day.account_id, day.reason) FILTER (WHERE day.reason IS NOT NULL), '{}')
    INTO ids, dates, worths, flows, unmeasured
    FROM rollforward.measured_days(
        account_statistics.account_ids, account_statistics.start_date, account_statistics.end_date) AS day;

    RETURN QUERY
    WITH linked AS (
        SELECT day.series_id AS account_id, day.on_date, day.unmeasured_days,
               -- not rounded: a loss that was made good is back at its peak
               CASE WHEN day.daily_return IS NOT NULL THEN (day.gain / day.base)::double precision END AS period_return,
               lag(day.on_date) OVER in_turn AS since_date,
               row_number() OVER in_turn AS place
        FROM rollforward.time_weighted_returns(ids, dates, worths, flows, account_statistics.flow_timing, 'base') AS day
        WINDOW in_turn AS (PARTITION BY day.series_id ORDER BY day.on_date)
    ),
    beginning AS (
        SELECT linked.account_id,
               min(linked.on_date) AS on_date,
               min(linked.on_date) FILTER (WHERE linked.place > 1) AS first_date,
               max(linked.unmeasured_days) AS unmeasured_days
        FROM linked
        GROUP BY linked.account_id
    ),
    day AS (
        SELECT linked.account_id, linked.on_date, linked.period_return,
               CASE linked.place
                   WHEN 2 THEN rollforward.last_trading_day(account.calendar, linked.since_date)
                   ELSE linked.since_date
               END AS since_date
        FROM linked
        JOIN rollforward_data.account USING (account_id)
        WHERE linked.place > 1
    ),
    close AS MATERIALIZED (
        SELECT known.price_date, known.close
        FROM (SELECT min(day.since_date) AS start_date, max(day.on_date) AS end_date FROM day) AS span
        CROSS JOIN LATERAL rollforward.adjusted_closes(benchmark_id, span.start_date, span.end_date) AS known
    ),
    list AS (
        SELECT coalesce(array_agg(day.account_id), '{}') AS account_ids,
               coalesce(array_agg(day.on_date), '{}') AS dates,
               coalesce(array_agg(day.period_return), '{}') AS returns,
               CASE WHEN benchmark_id IS NOT NULL
                    THEN coalesce(array_agg(closing.close / opening.close - 1), '{}') END AS benchmark_returns
        FROM day
        LEFT JOIN close AS opening ON opening.price_date = day.since_date
        LEFT JOIN close AS closing ON closing.price_date = day.on_date
    )
    SELECT account.account_id, figure.observations, figure.cumulative_return, figure.annual_return, figure.volatility,
           figure.downside_deviation, figure.sharpe, figure.sortino, figure.calmar, figure.omega, figure.tail_ratio,
           figure.stability, figure.value_at_risk, figure.expected_shortfall, figure.max_drawdown,
           CASE WHEN figure.peak_date < beginning.first_date THEN beginning.on_date ELSE figure.peak_date END,
           figure.trough_date, figure.recovery_date,
           figure.common_observations, figure.alpha, figure.beta, figure.correlation, figure.r_squared,
           figure.up_capture, figure.down_capture, figure.up_down_capture, figure.tracking_error,
           figure.information_ratio, beginning.unmeasured_days,
           coalesce(unmeasured ->> account.account_id::text, figure.reason), figure.reasons
    FROM list
    CROSS JOIN LATERAL rollforward.return_statistics(
        list.account_ids, list.dates, list.returns, list.benchmark_returns, account_statistics.periods_per_year,
        (1 + account_statistics.risk_free_rate) ^ (1 / account_statistics.periods_per_year::double precision) - 1,
        (1 + account_statistics.required_return_rate) ^ (1 / account_statistics.periods_per_year::double precision) - 1,
        account_statistics.confidence) AS figure
    JOIN beginning ON beginning.account_id = figure.series_id
    RIGHT JOIN rollforward_data.account ON account.account_id = figure.series_id
    WHERE account.account_id = ANY (account_statistics.account_ids)
    ORDER BY account.account_id;
END
$$;

COMMENT ON FUNCTION rollforward.account_statistics IS
    'Statistics of the daily returns of accounts over a range, and how they compare with those of an instrument';
