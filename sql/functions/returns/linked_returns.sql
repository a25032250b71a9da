-- Returns of many series as statistics take them, and as logarithms that are summed up day by day.
--
-- series_ids, dates, returns   a row per series and day, checked before; NULL is a return that is missing
-- returns                      a row per series and day. log_growth is the sum so far, NULL until there is a return;
--                              observations counts the returns so far
CREATE OR REPLACE FUNCTION rollforward.linked_returns(series_ids bigint[], dates date[], returns double precision[])
RETURNS TABLE (
    series_id bigint,
    on_date date,
    period_return double precision,
    log_return double precision,
    log_growth double precision,
    observations bigint
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH day AS (
        SELECT given.series_id, given.on_date,
               rollforward.observed_return(given.period_return) AS period_return,
               rollforward.log_return(given.period_return) AS log_return
        FROM unnest(linked_returns.series_ids, linked_returns.dates, linked_returns.returns)
            AS given (series_id, on_date, period_return)
        ORDER BY given.series_id, given.on_date  -- as the window wants them; so a logarithm is taken once
    )
    SELECT day.series_id, day.on_date, day.period_return, day.log_return,
           sum(day.log_return) OVER so_far, count(day.period_return) OVER so_far
    FROM day
    WINDOW so_far AS (PARTITION BY day.series_id ORDER BY day.on_date ROWS UNBOUNDED PRECEDING);
END;

COMMENT ON FUNCTION rollforward.linked_returns IS 'Returns of many series, and their logarithms summed up day by day';
