-- The trading days of a calendar in a range, both ends included: what it lists; before its first and after its last day,
-- Monday to Friday.
--
-- calendar    NULL, or one that lists nothing: Monday to Friday
-- relies on   trading_calendar_pkey
CREATE OR REPLACE FUNCTION rollforward.trading_days(calendar text, start_date date, end_date date)
RETURNS SETOF date
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH span AS (
        SELECT min(listed.trading_date) AS first_date, max(listed.trading_date) AS last_date
        FROM rollforward_data.trading_calendar AS listed
        WHERE listed.calendar = trading_days.calendar
    )
    SELECT listed.trading_date
    FROM rollforward_data.trading_calendar AS listed
    WHERE listed.calendar = trading_days.calendar
      AND listed.trading_date BETWEEN trading_days.start_date AND trading_days.end_date
    UNION ALL
    SELECT trading_days.start_date + step.days
    FROM generate_series(0, trading_days.end_date - trading_days.start_date) AS step (days)
    CROSS JOIN span
    WHERE extract(isodow FROM trading_days.start_date + step.days) < 6
      AND coalesce(trading_days.start_date + step.days NOT BETWEEN span.first_date AND span.last_date, true)
    ORDER BY 1;
END;

COMMENT ON FUNCTION rollforward.trading_days IS 'The trading days of a calendar in a range';
