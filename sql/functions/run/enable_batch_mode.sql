-- Switches the batch on or off for all scenarios at once.
--
-- Off, every account is computed by the reference, whatever mode is set for a scenario; on again, those modes are in force as
-- before. A call that names a mode itself, such as rollforward process --mode batch, has that mode.
--
-- errors   22R01 enabled is NULL
CREATE OR REPLACE FUNCTION rollforward.enable_batch_mode(enabled boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.set_setting('batch_mode', CASE WHEN rollforward.given(enabled, 'enabled') THEN 'on' ELSE 'off' END);
END
$$;

COMMENT ON FUNCTION rollforward.enable_batch_mode IS 'Switches the batch on or off for all scenarios at once';
