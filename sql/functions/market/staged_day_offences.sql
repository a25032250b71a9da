-- What is wrong with the trading days staged by this transaction; no row means all can be saved.
--
-- returns   reason: missing, too_long, not_a_date
CREATE OR REPLACE FUNCTION rollforward.staged_day_offences()
RETURNS TABLE (row_no bigint, line integer, place integer, "column" text, value text, reason text)
LANGUAGE sql STABLE PARALLEL UNSAFE
BEGIN ATOMIC
    SELECT staged.row_no, staged.line, offence.place, offence."column", offence.value, offence.reason
    FROM rollforward.staged_market_row AS staged
    CROSS JOIN LATERAL (VALUES
        (1, 'calendar', staged.calendar, CASE
            WHEN staged.calendar IS NULL THEN 'missing'
            WHEN length(staged.calendar) > 200 THEN 'too_long'
        END),
        (2, 'date', staged.date, CASE
            WHEN staged.date IS NULL THEN 'missing'
            WHEN rollforward.market_date(staged.date) IS NULL THEN 'not_a_date'
        END)
    ) AS offence (place, "column", value, reason)
    WHERE staged.unreadable IS NULL
      AND offence.reason IS NOT NULL;
END;

COMMENT ON FUNCTION rollforward.staged_day_offences IS 'What is wrong with the staged trading days';
