-- Gives the open lots of all queues their shares of the pools, where the method is average.
CREATE OR REPLACE FUNCTION rollforward.reference_spread_all(state rollforward.reference_state)
RETURNS rollforward.reference_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    queue record;
BEGIN
    IF state.method <> 'average' THEN
        RETURN state;
    END IF;
    FOR queue IN SELECT DISTINCT lot.instrument_id, lot.currency, lot.side FROM unnest(state.lots) AS lot LOOP
        state := rollforward.reference_spread(state, queue.instrument_id, queue.currency, queue.side);
    END LOOP;
    RETURN state;
END
$$;

COMMENT ON FUNCTION rollforward.reference_spread_all IS 'Reference: gives all open lots their shares of average pools';
