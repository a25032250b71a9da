-- The last trading day of a calendar on or before a day.
--
-- returns     NULL where there is none in the year before
-- relies on   trading_calendar_pkey
CREATE OR REPLACE FUNCTION rollforward.last_trading_day(calendar text, on_date date)
RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT last_trading_day.on_date - back.days
    FROM generate_series(0, 366) AS back (days)
    WHERE rollforward.is_trading_day(last_trading_day.calendar, last_trading_day.on_date - back.days)
    ORDER BY back.days
    LIMIT 1;
END;

COMMENT ON FUNCTION rollforward.last_trading_day IS 'The last trading day of a calendar on or before a day';
