-- Sets how accounts are computed in a scenario.
--
-- scenario        manual, import, realtime, backfill or nightly
-- mode            auto: the batch, and the reference for an account that it fails for; batch: the batch alone; per_date: the
--                 reference alone; shadow: as auto, and the reference beside it, every difference recorded
-- batch_percent   0 to 100: how many accounts in a hundred are computed so, the others by the reference. Which ones depends
--                 on the account alone: those of a lower percentage are among those of a higher one
-- errors          22R01 an argument is NULL, unknown or out of its range
CREATE OR REPLACE FUNCTION rollforward.set_processing_mode(scenario text, mode text, batch_percent integer DEFAULT 100)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_choice('scenario', set_processing_mode.scenario, rollforward.scenarios());
    PERFORM rollforward.require_choice('mode', set_processing_mode.mode, rollforward.modes());
    IF rollforward.given(set_processing_mode.batch_percent, 'batch_percent') NOT BETWEEN 0 AND 100 THEN
        RAISE EXCEPTION 'batch_percent must be between 0 and 100, not %', set_processing_mode.batch_percent
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object(
                      'argument', 'batch_percent', 'value', set_processing_mode.batch_percent)),
                  HINT = 'It says how many accounts in a hundred are computed in that mode.';
    END IF;

    INSERT INTO rollforward_data.processing_mode AS known (scenario, mode, batch_percent)
    VALUES (set_processing_mode.scenario, set_processing_mode.mode, set_processing_mode.batch_percent)
    ON CONFLICT ON CONSTRAINT processing_mode_pkey DO UPDATE
    SET mode = excluded.mode, batch_percent = excluded.batch_percent;
END
$$;

COMMENT ON FUNCTION rollforward.set_processing_mode IS 'Sets how accounts are computed in a scenario';
