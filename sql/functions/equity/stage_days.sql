-- Numbers the trading days of the calendars in use, over the days concerned: stage_day.
--
-- A row for each day of the year: day_no is the number of the trading day on which it counts, which is the day itself or
-- the next one. Numbers go on from calendar to calendar, with a gap between them, so that a number says which day of
-- which calendar it is. Then says of each account which of them it is valued on.
--
-- returns   the trading days by their number; where there is no such number, -infinity. Some days in a row are a slice of it: the
--           planner takes the rows of an unnested slice for ten, those of generate_series() for a thousand, by which it would
--           divide what is added up by day into a thousand files
CREATE OR REPLACE FUNCTION rollforward.stage_days()
RETURNS date[]
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_nestloop = off  -- days of the year, over and over for each account
AS $$
DECLARE
    rows_staged bigint;
BEGIN
    INSERT INTO stage_day
    WITH concerned AS (
        SELECT valuation.calendar,
               min(valuation.first_date) AS first_date,
               greatest(max(valuation.known_date), max(valuation.reach_date), max(valuation.moved_date)) AS last_date
        FROM stage_valuation AS valuation
        WHERE valuation.first_date IS NOT NULL
        GROUP BY valuation.calendar
    ),
    span AS (
        -- and on to the day on which the last one counts
        SELECT concerned.calendar, concerned.first_date, concerned.last_date + 31 AS last_date
        FROM concerned
    ),
    trading AS MATERIALIZED (
        SELECT span.calendar, day.on_date
        FROM span
        CROSS JOIN LATERAL rollforward.trading_days(span.calendar, span.first_date, span.last_date) AS day (on_date)
    ),
    known AS (
        SELECT span.calendar, span.first_date + step.days AS on_date, trading.on_date IS NOT NULL AS is_trading
        FROM span
        CROSS JOIN LATERAL generate_series(0, span.last_date - span.first_date) AS step (days)
        LEFT JOIN trading
            ON trading.calendar = span.calendar
           AND trading.on_date = span.first_date + step.days
    )
    SELECT known.calendar, known.on_date, known.is_trading,
           dense_rank() OVER (ORDER BY known.calendar)
               + count(*) FILTER (WHERE known.is_trading) OVER (
                   ORDER BY known.calendar, known.on_date ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS day_no
    FROM known;
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_day', rows_staged);

    UPDATE stage_valuation AS valuation
    SET first_no = first_day.day_no,
        last_no = CASE WHEN same.end_date >= same.first_date
                       THEN least(
                           range_end.day_no - CASE WHEN range_end.is_trading THEN 0 ELSE 1 END,
                           greatest(known.day_no - CASE WHEN known.is_trading THEN 0 ELSE 1 END, moved.day_no, 0))
                       ELSE 0
                  END,
        whole_no = greatest(reach.day_no - CASE WHEN reach.is_trading THEN 0 ELSE 1 END, moved.day_no, 0)
    FROM stage_valuation AS same
    JOIN stage_day AS first_day
        ON first_day.calendar = same.calendar
       AND first_day.on_date = same.first_date
    LEFT JOIN stage_day AS known
        ON known.calendar = same.calendar
       AND known.on_date = same.known_date
    LEFT JOIN stage_day AS moved
        ON moved.calendar = same.calendar
       AND moved.on_date = same.moved_date
    LEFT JOIN stage_day AS reach
        ON reach.calendar = same.calendar
       AND reach.on_date = same.reach_date
    LEFT JOIN stage_day AS range_end
        ON range_end.calendar = same.calendar
       AND range_end.on_date = same.end_date
    WHERE valuation.account_id = same.account_id;

    RETURN ARRAY(
        SELECT coalesce(day.on_date, '-infinity')
        FROM generate_series(1, (SELECT max(last_day.day_no) FROM stage_day AS last_day WHERE last_day.is_trading)) AS number (day_no)
        LEFT JOIN stage_day AS day
            ON day.day_no = number.day_no
           AND day.is_trading
        ORDER BY number.day_no);
END
$$;

COMMENT ON FUNCTION rollforward.stage_days IS 'Numbers the trading days of the calendars in use';
