-- Whether a market trades on a day: see trading_days. Never, on an infinite one.
--
-- relies on   trading_calendar_pkey
CREATE OR REPLACE FUNCTION rollforward.is_trading_day(calendar text, on_date date)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN isfinite(is_trading_day.on_date)
    THEN EXISTS (
        SELECT FROM rollforward.trading_days(is_trading_day.calendar, is_trading_day.on_date, is_trading_day.on_date))
    ELSE false
END;

COMMENT ON FUNCTION rollforward.is_trading_day IS 'Whether a market trades on a day';
