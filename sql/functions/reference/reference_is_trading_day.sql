-- Whether a day is a trading day: one that the calendar lists, or Monday to Friday outside of what it lists.
--
-- calendar   NULL means Monday to Friday
CREATE OR REPLACE FUNCTION rollforward.reference_is_trading_day(calendar text, on_date date)
RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    first_listed date;
    last_listed date;
BEGIN
    SELECT min(listed.trading_date), max(listed.trading_date)
    INTO first_listed, last_listed
    FROM rollforward_data.trading_calendar AS listed
    WHERE listed.calendar = reference_is_trading_day.calendar;

    IF on_date BETWEEN first_listed AND last_listed THEN
        RETURN EXISTS (SELECT FROM rollforward_data.trading_calendar AS listed
                       WHERE listed.calendar = reference_is_trading_day.calendar AND listed.trading_date = on_date);
    END IF;
    RETURN extract(isodow FROM on_date) < 6;
END
$$;

COMMENT ON FUNCTION rollforward.reference_is_trading_day IS 'Reference: whether a day is a trading day';
