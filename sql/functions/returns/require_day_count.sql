-- Refuses a day count that is unknown; year_fraction() says what each means.
--
-- errors   22R01
CREATE OR REPLACE FUNCTION rollforward.require_day_count(day_count text)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.require_choice(
        'day_count', day_count, ARRAY['actual/365', 'actual/365.25', 'actual/360', 'actual/actual']);
END
$$;

COMMENT ON FUNCTION rollforward.require_day_count IS 'Refuses a day count that is unknown';
