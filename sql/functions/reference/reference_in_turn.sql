-- Places of the lots of one side that a closing may take, in the order in which the method of the day takes them.
CREATE OR REPLACE FUNCTION rollforward.reference_in_turn(
    state rollforward.reference_state,
    event rollforward_data.movement,
    side rollforward_data.position_side
)
RETURNS integer[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    lots rollforward_data.lot_slice[] := state.lots;
    queue integer[];
BEGIN
    queue := rollforward.reference_queue(state, event.instrument_id, event.currency, side);
    RETURN ARRAY(
        SELECT waiting.place
        FROM unnest(queue) WITH ORDINALITY AS waiting (place, acquired)
        WHERE rollforward.reference_is_named(event.lot_ref, lots[waiting.place])
        ORDER BY CASE WHEN event.lot_ref IS NOT NULL THEN 0
                      WHEN state.method = 'lifo' THEN -waiting.acquired
                      WHEN state.method = 'hifo' THEN -rollforward.reference_unit_cost(state, lots[waiting.place])
                      WHEN state.method = 'lofo' THEN rollforward.reference_unit_cost(state, lots[waiting.place])
                 END,
                 waiting.acquired);
END
$$;

COMMENT ON FUNCTION rollforward.reference_in_turn IS 'Reference: lots that a closing may take, in the order it takes them';
