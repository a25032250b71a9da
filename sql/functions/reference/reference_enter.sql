-- A lot enters a queue by a movement of today, with the opening it has: here and now, or elsewhere and earlier.
--
-- What arrives of one opening by one movement is one lot.
CREATE OR REPLACE FUNCTION rollforward.reference_enter(
    state rollforward.reference_state,
    event rollforward_data.movement,
    side rollforward_data.position_side,
    units numeric,
    cost numeric,
    opened_in bigint,
    opened_by bigint,
    opened_on date
)
RETURNS rollforward.reference_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    lots rollforward_data.lot_slice[] := state.lots;
    place integer := 1;
    lot rollforward_data.lot_slice;
BEGIN
    WHILE place <= cardinality(lots) LOOP
        lot := lots[place];
        EXIT WHEN lot.opened_by = reference_enter.opened_by AND lot.entered_by = event.movement_id;
        place := place + 1;
    END LOOP;
    IF place > cardinality(lots) THEN
        lot := ROW(state.account_id, opened_by, opened_in, event.movement_id, 0, 0, event.instrument_id, event.currency,
                   side, opened_on, state.today, 'infinity', NULL, NULL, 0, NULL, NULL, 0, 0);
    END IF;

    lot.quantity := lot.quantity + units;
    lot.lot_quantity := lot.lot_quantity + units;
    lot.cost := lot.cost + reference_enter.cost;
    lot.lot_cost := lot.lot_cost + reference_enter.cost;
    lots[place] := lot;
    state.lots := lots;
    RETURN rollforward.reference_spread(state, event.instrument_id, event.currency, side);
END
$$;

COMMENT ON FUNCTION rollforward.reference_enter IS 'Reference: a lot enters a queue';
