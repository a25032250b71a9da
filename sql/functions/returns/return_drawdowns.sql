-- Maximum drawdowns of many series of returns, from one unit at the end of the day before their first row.
--
-- series_ids, dates, returns   a row per series and day, checked before; NULL is a return that is missing, it moves nothing
-- returns                      a row per series, as of max_drawdowns(); none for a series that grows beyond 10^29 on its way
CREATE OR REPLACE FUNCTION rollforward.return_drawdowns(series_ids bigint[], dates date[], returns double precision[])
RETURNS TABLE (series_id bigint, drawdown double precision, peak_date date, trough_date date, recovery_date date)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH linked AS (
        SELECT day.series_id, day.on_date, day.log_growth
        FROM rollforward.linked_returns(return_drawdowns.series_ids, return_drawdowns.dates, return_drawdowns.returns) AS day
    ),
    series AS (
        SELECT linked.series_id, min(linked.on_date) - 1 AS start_date
        FROM linked
        GROUP BY linked.series_id
        HAVING coalesce(max(linked.log_growth), 0) < 29 * ln(10::double precision)
    ),
    index AS (
        SELECT linked.series_id, linked.on_date, rollforward.growth(linked.log_growth) AS level
        FROM linked
        JOIN series USING (series_id)
        UNION ALL
        SELECT series.series_id, series.start_date, 1
        FROM series
    ),
    list AS (
        SELECT array_agg(index.series_id) AS series_ids, array_agg(index.on_date) AS dates, array_agg(index.level) AS levels
        FROM index
        HAVING count(*) > 0
    )
    SELECT fall.series_id, fall.drawdown::double precision, fall.peak_date, fall.trough_date, fall.recovery_date
    FROM list
    CROSS JOIN LATERAL rollforward.max_drawdowns(list.series_ids, list.dates, list.levels) AS fall;
END;

COMMENT ON FUNCTION rollforward.return_drawdowns IS 'Maximum drawdowns of many series of returns';
