-- Saves the staged trading days, all of which are good. A day is known or not; there is nothing to correct.
--
-- returns     how many days are new; no day is corrected
-- relies on   trading_calendar_pkey; rows are written in its order, so that two loads do not wait for each other in a circle
CREATE OR REPLACE FUNCTION rollforward.land_days(OUT saved bigint, OUT corrected bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rollforward_data.trading_calendar (calendar, trading_date)
    SELECT staged.calendar, rollforward.market_date(staged.date)
    FROM rollforward.staged_market_row AS staged
    ORDER BY 1, 2
    ON CONFLICT ON CONSTRAINT trading_calendar_pkey DO NOTHING;
    GET DIAGNOSTICS saved = ROW_COUNT;
    corrected := 0;
END
$$;

COMMENT ON FUNCTION rollforward.land_days IS 'Saves the staged trading days, all of which are good';
