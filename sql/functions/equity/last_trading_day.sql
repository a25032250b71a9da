-- The last trading day of a calendar on or before a day.
--
-- returns     NULL where there is none in the year before, and for an infinite day
-- relies on   trading_calendar_pkey
CREATE OR REPLACE FUNCTION rollforward.last_trading_day(calendar text, on_date date)
RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN isfinite(last_trading_day.on_date)
                THEN (SELECT max(trading.on_date)
                      FROM rollforward.trading_days(
                          last_trading_day.calendar, last_trading_day.on_date - 366, last_trading_day.on_date
                      ) AS trading (on_date))
           END;
END;

COMMENT ON FUNCTION rollforward.last_trading_day IS 'The last trading day of a calendar on or before a day';
