-- How many days old a close may be before it counts as carried: the setting lookback_days, 10 by default.
CREATE OR REPLACE FUNCTION rollforward.lookback_days()
RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(
    (SELECT setting.value::integer FROM rollforward_data.setting WHERE setting.name = 'lookback_days'),
    10);

COMMENT ON FUNCTION rollforward.lookback_days IS 'How many days old a close may be before it counts as carried';
