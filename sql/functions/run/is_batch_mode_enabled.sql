-- Whether accounts may be computed by the batch at all: the setting batch_mode, on by default.
CREATE OR REPLACE FUNCTION rollforward.is_batch_mode_enabled()
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT NOT EXISTS (
        SELECT FROM rollforward_data.setting WHERE setting.name = 'batch_mode' AND setting.value = 'off');
END;

COMMENT ON FUNCTION rollforward.is_batch_mode_enabled IS 'Whether accounts may be computed by the batch at all';
