-- Refuses what does not make series of daily values and flows, or an unknown convention for them.
--
-- ends_only   whether a series needs its value on its first and last day only
-- errors      22R01
CREATE OR REPLACE FUNCTION rollforward.require_valued_series(
    series_ids bigint[],
    dates date[],
    closing_values numeric[],
    flows numeric[],
    flow_timing text,
    first_day text,
    ends_only boolean
)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.require_choice('flow_timing', flow_timing, ARRAY['start', 'end', 'inflow_start']);
    PERFORM rollforward.require_choice('first_day', first_day, ARRAY['base', 'counted']);
    PERFORM rollforward.require_days(series_ids, dates, once => true);
    PERFORM rollforward.require_amounts('closing_values', closing_values, series_ids, dates, ends_only);
    PERFORM rollforward.require_amounts('flows', flows, series_ids, dates);
END
$$;

COMMENT ON FUNCTION rollforward.require_valued_series IS
    'Refuses what does not make series of daily values and flows, or an unknown convention for them';
