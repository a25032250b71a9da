-- Statistics of many series of returns: what was earned, at what risk, and how that compares with a benchmark.
--
-- Everything is of simple returns, in double precision. Where definitions differ from book to book, these are those of the
-- library empyrical, but that it gives NaN or infinity where this gives NULL with a reason. A year has periods_per_year rows.
--
-- series_ids, dates   a row per series and day (or week, or month), in any order
-- returns             0.05 is 5 %; NULL is an observation that is missing: it counts as time in annual_return, nowhere else
-- benchmark_returns   of the same days, or NULL; a row counts where both returns are there
-- periods_per_year    rows of a year: 252 days, 52 weeks, 12 months
-- risk_free           return without risk, of a period: what a day, a week or a month earns, not a year
-- required_return     the least return that satisfies, of a period
-- confidence          of the value at risk, between 0 and 1
-- returns             a row per series, in this order. Losses are negative, also as drawdown and value at risk
--     observations         how many returns there are
--     cumulative_return    product of 1 + return, less 1; -1 once everything was lost
--     annual_return        the same as a rate a year: (1 + cumulative return) ^ (periods per year / rows) - 1
--     volatility           standard deviation (n - 1) x root of periods per year
--     downside_deviation   root of the mean square of what returns lack of required_return, over all of them, x root of
--                          periods per year
--     sharpe               mean of return - risk_free, over its standard deviation, x root of periods per year (Sharpe 1994)
--     sortino              mean of return - required_return, a year, over the downside deviation (Sortino and Price 1994)
--     calmar               annual return over the size of the maximum drawdown (Young 1991), of the whole series
--     omega                what returns are above risk_free + required_return over what they are below, in sum
--                          (Keating and Shadwick 2002)
--     tail_ratio           size of the 95th percentile over size of the 5th
--     stability            R2 of the straight line through the cumulative logarithmic returns, observation by observation
--     value_at_risk        the return at the percentile 1 - confidence, historical
--     expected_shortfall   mean of the returns at or below it (Rockafellar and Uryasev 2000)
--     max_drawdown, peak_date, trough_date, recovery_date
--                          as of max_drawdowns(), of one unit from the end of the day before the first row
--     common_observations  how many rows have both returns; the figures below are of these
--     alpha                mean of return - risk_free - beta x (benchmark - risk_free), compounded to a year (Jensen 1968)
--     beta                 covariance with the benchmark over its variance
--     correlation, r_squared
--     up_capture           annual return of the rows on which the benchmark rises, over that of the benchmark on them
--     down_capture         the same where it falls
--     up_down_capture      the one over the other
--     tracking_error       standard deviation (n - 1) of return - benchmark, x root of periods per year
--     information_ratio    mean of return - benchmark, a year, over the tracking error (Grinold and Kahn 2000)
--     reason               no_observation: all figures are NULL
--     reasons              or else, why each figure that is NULL is so, by its name; NULL when none is:
--                          one_observation  it takes two (against a benchmark, two in common)
--                          no_variance      all returns are equal, or follow the benchmark, or nothing moved
--                          no_loss          no return is below what is required
--                          no_drawdown      nothing was lost on the way
--                          no_tail          the 5th percentile is 0
--                          total_loss       a return of -1 or less: logarithms end there
--                          out_of_range     one unit would become more than e^300; for the drawdown, 10^29
--                          no_benchmark, no_overlap (it is given, but for no row with a return), flat_benchmark
--                          no_up_day, no_down_day  the benchmark never rises, falls
--                          no_capture       down_capture is 0
-- errors              22R01 arrays that differ in length, a NULL but for a return, a NaN, a day twice, a number that
--                     cannot be
CREATE OR REPLACE FUNCTION rollforward.return_statistics(
    series_ids bigint[],
    dates date[],
    returns double precision[],
    benchmark_returns double precision[] DEFAULT NULL,
    periods_per_year integer DEFAULT 252,
    risk_free double precision DEFAULT 0,
    required_return double precision DEFAULT 0,
    confidence double precision DEFAULT 0.95
)
RETURNS TABLE (
    series_id bigint,
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
    reason text,
    reasons jsonb
)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_number('periods_per_year', return_statistics.periods_per_year, 0, 1e6);
    PERFORM rollforward.require_number('risk_free', return_statistics.risk_free, -1e6, 1e6);
    PERFORM rollforward.require_number('required_return', return_statistics.required_return, -1e6, 1e6);
    PERFORM rollforward.require_number('confidence', return_statistics.confidence, 0, 1);
    PERFORM rollforward.require_days(return_statistics.series_ids, return_statistics.dates, once => true);
    PERFORM rollforward.require_returns(
        'returns', return_statistics.returns, return_statistics.series_ids, return_statistics.dates);
    IF return_statistics.benchmark_returns IS NOT NULL THEN
        PERFORM rollforward.require_returns(
            'benchmark_returns', return_statistics.benchmark_returns, return_statistics.series_ids, return_statistics.dates);
    END IF;
    -- what is smaller would underflow when it is squared
    return_statistics.returns := ARRAY(
        SELECT CASE WHEN abs(known.figure) < 1e-50 THEN 0 ELSE known.figure END
        FROM unnest(return_statistics.returns) WITH ORDINALITY AS known (figure, place)
        ORDER BY known.place);
    return_statistics.benchmark_returns := CASE WHEN return_statistics.benchmark_returns IS NOT NULL THEN ARRAY(
        SELECT CASE WHEN abs(known.figure) < 1e-50 THEN 0 ELSE known.figure END
        FROM unnest(return_statistics.benchmark_returns) WITH ORDINALITY AS known (figure, place)
        ORDER BY known.place) END;
    return_statistics.risk_free := CASE WHEN abs(return_statistics.risk_free) < 1e-50 THEN 0 ELSE return_statistics.risk_free END;
    return_statistics.required_return :=
        CASE WHEN abs(return_statistics.required_return) < 1e-50 THEN 0 ELSE return_statistics.required_return END;

    RETURN QUERY
    SELECT figure.series_id, figure.observations, figure.cumulative_return, figure.annual_return, figure.volatility,
           figure.downside_deviation, figure.sharpe, figure.sortino, ratio.calmar, figure.omega, figure.tail_ratio,
           figure.stability, figure.value_at_risk, figure.expected_shortfall,
           fall.drawdown, fall.peak_date, fall.trough_date, fall.recovery_date,
           compared.common_observations, compared.alpha, compared.beta, compared.correlation, compared.r_squared,
           compared.up_capture, compared.down_capture, compared.up_down_capture, compared.tracking_error,
           compared.information_ratio,
           CASE WHEN figure.observations = 0 THEN 'no_observation' END,
           CASE WHEN figure.observations > 0
                THEN nullif(figure.reasons || compared.reasons || jsonb_strip_nulls(jsonb_build_object(
                    'max_drawdown', CASE WHEN fall.drawdown IS NULL THEN 'out_of_range' END,
                    'calmar', CASE WHEN ratio.calmar IS NOT NULL THEN NULL
                                   WHEN fall.drawdown = 0 THEN 'no_drawdown'
                                   ELSE 'out_of_range' END)), '{}') END
    FROM rollforward.return_figures(
        return_statistics.series_ids, return_statistics.dates, return_statistics.returns,
        return_statistics.periods_per_year, return_statistics.risk_free, return_statistics.required_return,
        return_statistics.confidence) AS figure
    JOIN rollforward.benchmark_figures(
        return_statistics.series_ids, return_statistics.returns, return_statistics.benchmark_returns,
        return_statistics.periods_per_year, return_statistics.risk_free) AS compared USING (series_id)
    LEFT JOIN rollforward.return_drawdowns(
        return_statistics.series_ids, return_statistics.dates, return_statistics.returns) AS fall
        ON fall.series_id = figure.series_id
       AND figure.observations > 0
    CROSS JOIN LATERAL (SELECT figure.annual_return / nullif(-fall.drawdown, 0) AS calmar) AS ratio
    ORDER BY figure.series_id;
END
$$;

COMMENT ON FUNCTION rollforward.return_statistics IS
    'Statistics of many series of returns: what was earned, at what risk, and how that compares with a benchmark';
