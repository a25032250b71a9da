-- Whether any market trades on a day: a calendar lists it; or no calendar covers it, and it is Monday to Friday. A calendar
-- covers the days from its first to its last. To be joined LATERAL, where it is inlined.
--
-- relies on   trading_calendar_date_idx: a descent per day; the calendars are read once per query
CREATE OR REPLACE FUNCTION rollforward.trading_day(day date)
RETURNS TABLE (is_open boolean)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (
               SELECT FROM rollforward_data.trading_calendar
               WHERE trading_calendar.trading_date = trading_day.day)
           OR (extract(isodow FROM trading_day.day) <= 5
               AND NOT coalesce(
                   trading_day.day <@ (
                       SELECT range_agg(daterange(span.first_date, span.last_date, '[]'))
                       FROM (SELECT min(trading_calendar.trading_date), max(trading_calendar.trading_date)
                             FROM rollforward_data.trading_calendar
                             GROUP BY trading_calendar.calendar) AS span (first_date, last_date)),
                   false));
END;

COMMENT ON FUNCTION rollforward.trading_day IS 'Whether any market trades on a day';
