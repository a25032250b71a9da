-- Ends all lots of a position and lets them begin again, here or in another instrument, with the openings they have.
--
-- Lots of one opening go on as one. Units are rounded on the running total of their queue; a lot that is left without
-- a unit does not begin. Pools of the average method are the caller's to spread.
--
-- event_id                 the split, strike adjustment or change of method
-- quantity, per_quantity   so many units for so many
CREATE OR REPLACE FUNCTION rollforward.reference_move_on(
    state rollforward.reference_state,
    event_id bigint,
    instrument_id bigint,
    currency text,
    to_instrument_id bigint,
    quantity numeric DEFAULT 1,
    per_quantity numeric DEFAULT 1
)
RETURNS rollforward.reference_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    lots rollforward_data.lot_slice[] := state.lots;
    side rollforward_data.position_side;
    place integer;
    lot rollforward_data.lot_slice;
    successor rollforward_data.lot_slice;
    ended integer[] := '{}';
    begun rollforward_data.lot_slice[] := '{}';
    old_units numeric;
    new_units numeric;
    total_units numeric;
BEGIN
    FOREACH side IN ARRAY ARRAY['long', 'short']::rollforward_data.position_side[] LOOP
        old_units := 0;
        new_units := 0;
        FOREACH place IN ARRAY rollforward.reference_queue(state, instrument_id, currency, side) LOOP
            lot := lots[place];
            ended := ended || place;

            old_units := old_units + lot.quantity;
            total_units := round(old_units * reference_move_on.quantity / reference_move_on.per_quantity, 12);
            successor := lot;
            successor.instrument_id := to_instrument_id;
            successor.entered_by := event_id;
            successor.entered_on := state.today;
            successor.lot_offset := 0;
            successor.quantity := total_units - new_units;
            IF begun[cardinality(begun)].opened_by = lot.opened_by AND begun[cardinality(begun)].side = lot.side THEN
                -- the same opening as the one before it: they go on as one lot
                successor.quantity := successor.quantity + begun[cardinality(begun)].quantity;
                successor.cost := successor.cost + begun[cardinality(begun)].cost;
                begun := begun[:cardinality(begun) - 1];
            END IF;
            successor.lot_quantity := successor.quantity;
            successor.lot_cost := successor.cost;
            begun := begun || successor;
            new_units := total_units;

            lot.closed_on := state.today;
            lot.closed_by := event_id;
            lot.carried_to := to_instrument_id;
            state.closed := state.closed || lot;
        END LOOP;
    END LOOP;

    IF ended <> '{}' THEN
        state.lots := ARRAY(
            SELECT lots[kept.place] FROM generate_subscripts(lots, 1) AS kept (place)
            WHERE kept.place <> ALL (ended) ORDER BY kept.place)
            || ARRAY(SELECT begun[new.place] FROM generate_subscripts(begun, 1) AS new (place)
                     WHERE begun[new.place].quantity > 0 ORDER BY new.place);
        state := rollforward.reference_position_adds(state, instrument_id, currency);
        state := rollforward.reference_position_adds(state, to_instrument_id, currency);
    END IF;
    RETURN state;
END
$$;

COMMENT ON FUNCTION rollforward.reference_move_on IS 'Reference: lots of a position end and begin again';
