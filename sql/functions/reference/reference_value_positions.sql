-- The evening of a day: what is held of each position that moved, and what is it worth?
CREATE OR REPLACE FUNCTION rollforward.reference_value_positions(state rollforward.reference_state)
RETURNS rollforward.reference_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    place integer;
    snapshot rollforward_data.position_snapshot;
    worth record;
BEGIN
    FOR place IN 1 .. cardinality(state.positions) LOOP
        snapshot := state.positions[place];
        CONTINUE WHEN snapshot.snapshot_date <> state.today;

        SELECT coalesce(sum(lot.quantity) FILTER (WHERE lot.side = 'long'), 0),
               coalesce(sum(lot.quantity) FILTER (WHERE lot.side = 'short'), 0),
               coalesce(sum(lot.cost) FILTER (WHERE lot.side = 'long'), 0),
               coalesce(sum(lot.cost) FILTER (WHERE lot.side = 'short'), 0)
        INTO snapshot.long_quantity, snapshot.short_quantity, snapshot.long_cost, snapshot.short_cost
        FROM unnest(state.lots) AS lot
        WHERE lot.instrument_id = snapshot.instrument_id AND lot.currency = snapshot.currency;

        snapshot.price_date := NULL;
        snapshot.market_value := 0;
        IF snapshot.long_quantity > 0 OR snapshot.short_quantity > 0 THEN
            worth := rollforward.reference_worth(
                state, snapshot.instrument_id, snapshot.currency,
                snapshot.long_quantity - snapshot.short_quantity, snapshot.long_cost - snapshot.short_cost);
            snapshot.price_date := worth.price_date;
            snapshot.market_value := worth.market_value;
        END IF;
        state.positions[place] := snapshot;
    END LOOP;
    RETURN state;
END
$$;

COMMENT ON FUNCTION rollforward.reference_value_positions IS 'Reference: what is held of the positions that moved, and its value';
