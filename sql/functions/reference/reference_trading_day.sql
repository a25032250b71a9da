-- The trading day that is nearest to a day, which may be that day itself.
--
-- direction   1 looks ahead: the trading day on which something counts that happens on the day; -1 looks back
-- returns     NULL for no day
CREATE OR REPLACE FUNCTION rollforward.reference_trading_day(calendar text, near date, direction integer)
RETURNS date
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    WHILE NOT rollforward.reference_is_trading_day(calendar, near) LOOP
        near := near + direction;
    END LOOP;
    RETURN near;
END
$$;

COMMENT ON FUNCTION rollforward.reference_trading_day IS 'Reference: the trading day nearest to a day';
