-- The first trading day of a calendar on or after a day: where counts what happens on that day.
--
-- returns     NULL where there is none within a month, and for an infinite day
-- relies on   trading_calendar_pkey
CREATE OR REPLACE FUNCTION rollforward.next_trading_day(calendar text, on_date date)
RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN isfinite(next_trading_day.on_date)
                THEN (SELECT min(trading.on_date)
                      FROM rollforward.trading_days(
                          next_trading_day.calendar, next_trading_day.on_date, next_trading_day.on_date + 31
                      ) AS trading (on_date))
           END;
END;

COMMENT ON FUNCTION rollforward.next_trading_day IS 'The first trading day of a calendar on or after a day';
