-- Whether a market trades on a day: what its calendar lists; before its first and after its last day, Monday to Friday.
--
-- calendar    NULL, or one that lists nothing: Monday to Friday
-- relies on   trading_calendar_pkey
CREATE OR REPLACE FUNCTION rollforward.is_trading_day(calendar text, on_date date)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN EXISTS (
        SELECT FROM rollforward_data.trading_calendar AS day
        WHERE day.calendar = is_trading_day.calendar
          AND day.trading_date = is_trading_day.on_date)
    THEN true
    ELSE extract(isodow FROM is_trading_day.on_date) < 6
         AND NOT (EXISTS (
                      SELECT FROM rollforward_data.trading_calendar AS day
                      WHERE day.calendar = is_trading_day.calendar
                        AND day.trading_date < is_trading_day.on_date)
                  AND EXISTS (
                      SELECT FROM rollforward_data.trading_calendar AS day
                      WHERE day.calendar = is_trading_day.calendar
                        AND day.trading_date > is_trading_day.on_date))
END;

COMMENT ON FUNCTION rollforward.is_trading_day IS 'Whether a market trades on a day';
