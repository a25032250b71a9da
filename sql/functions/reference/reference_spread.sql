-- By the average method, gives each open lot of a queue its share of the pool, in the order of fifo. Nothing otherwise.
--
-- pool   what all units of the queue cost; NULL means what its lots cost now
CREATE OR REPLACE FUNCTION rollforward.reference_spread(
    state rollforward.reference_state,
    instrument_id bigint,
    currency text,
    side rollforward_data.position_side,
    pool numeric DEFAULT NULL
)
RETURNS rollforward.reference_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    lots rollforward_data.lot_slice[] := state.lots;
    queue integer[];
    place integer;
    lot rollforward_data.lot_slice;
    pool_cost numeric;
    pool_units numeric;
    before numeric := 0;
BEGIN
    IF state.method <> 'average' THEN
        RETURN state;
    END IF;
    queue := rollforward.reference_queue(state, instrument_id, currency, side);
    SELECT coalesce(pool, sum(lots[waiting.place].cost)), sum(lots[waiting.place].quantity)
    INTO pool_cost, pool_units
    FROM unnest(queue) AS waiting (place);

    FOREACH place IN ARRAY queue LOOP
        lot := lots[place];
        lot.cost := rollforward.reference_share(pool_cost, before + lot.quantity, pool_units)
                    - rollforward.reference_share(pool_cost, before, pool_units);
        lots[place] := lot;
        before := before + lot.quantity;
    END LOOP;
    state.lots := lots;
    RETURN state;
END
$$;

COMMENT ON FUNCTION rollforward.reference_spread IS 'Reference: gives open lots their shares of an average pool';
