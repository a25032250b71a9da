-- How many days old a close may be before what it values counts as carried: the setting lookback_days, or 10.
CREATE OR REPLACE FUNCTION rollforward.lookback_days()
RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce((SELECT setting.value::integer FROM rollforward_data.setting WHERE setting.name = 'lookback_days'), 10);
END;

COMMENT ON FUNCTION rollforward.lookback_days IS 'How many days old a close may be before it counts as carried';
