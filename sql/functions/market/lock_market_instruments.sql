-- Locks the instruments that loading the staged rows may change, in id order: those whose currency a price may bring, those
-- that get a profile. What is judged of them stays true until they are written.
--
-- No nested loops: how many instruments have no currency is never known to the planner, and none has an index to the stage.
--
-- relies on   instrument_without_currency_idx
CREATE OR REPLACE FUNCTION rollforward.lock_market_instruments(kind rollforward_data.market_kind)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_nestloop = off
AS $$
BEGIN
    IF kind = 'prices' THEN
        PERFORM FROM rollforward_data.instrument
        WHERE instrument.currency IS NULL
          AND instrument.symbol IN (SELECT staged.symbol FROM rollforward.staged_market_row AS staged)
        ORDER BY instrument.instrument_id
        FOR NO KEY UPDATE;
    ELSIF kind = 'profiles' THEN
        PERFORM FROM rollforward_data.instrument
        WHERE instrument.symbol IN (SELECT staged.symbol FROM rollforward.staged_market_row AS staged)
        ORDER BY instrument.instrument_id
        FOR NO KEY UPDATE;
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.lock_market_instruments IS 'Locks the instruments that loading the staged rows may change';
