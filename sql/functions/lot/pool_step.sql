-- One step of pool(): units and cost after units came in, or left at the average.
CREATE OR REPLACE FUNCTION rollforward.pool_step(state numeric[], opened numeric, cost numeric, closed numeric)
RETURNS numeric[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    units_before numeric := coalesce(state[1], 0) + opened;
    cost_before numeric := coalesce(state[2], 0) + cost;
BEGIN
    RETURN ARRAY[units_before - closed, cost_before - rollforward.allocated(cost_before, closed, units_before)];
END
$$;

COMMENT ON FUNCTION rollforward.pool_step IS 'One step of pool(): units and cost after units came in, or left at the average';
