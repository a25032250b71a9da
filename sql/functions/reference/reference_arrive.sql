-- Securities that are transferred in: the lots that left another account for here, then, at its price, the rest.
--
-- Legs that belong together lie on two axes of units, one of what left and one of what arrives; this movement takes
-- the stretch that is its own. Where that left this very account, found no lot there, or leaves on a later day, nothing is
-- carried.
CREATE OR REPLACE FUNCTION rollforward.reference_arrive(
    state rollforward.reference_state,
    event rollforward_data.movement
)
RETURNS rollforward.reference_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    side rollforward_data.position_side := coalesce(event.side, 'long');
    first_unit numeric;
    last_unit numeric;
    piece record;
    piece_start numeric := 0;
    from_unit numeric;
    to_unit numeric;
    carried numeric := 0;
    cost numeric;
BEGIN
    SELECT coalesce(sum(earlier.quantity), 0) INTO first_unit
    FROM rollforward.reference_legs(event, 'securities_in') AS earlier
    WHERE (earlier.account_id, earlier.accounting_date, earlier.occurred_at, earlier.natural_key)
          < (event.account_id, event.accounting_date, event.occurred_at, event.natural_key);
    last_unit := first_unit + event.quantity;

    FOR piece IN SELECT * FROM rollforward.reference_departures(state, event) LOOP
        from_unit := greatest(first_unit, piece_start) - piece_start;
        to_unit := least(last_unit, piece_start + piece.quantity) - piece_start;
        piece_start := piece_start + piece.quantity;
        CONTINUE WHEN from_unit >= to_unit
                   OR piece.opened_by IS NULL
                   OR piece.left_on > event.accounting_date;

        carried := carried + to_unit - from_unit;
        cost := rollforward.reference_share(piece.cost, to_unit, piece.quantity)
                - rollforward.reference_share(piece.cost, from_unit, piece.quantity);
        state := rollforward.reference_enter(
            state, event, side, to_unit - from_unit, cost, piece.opened_in, piece.opened_by, piece.opened_on);
    END LOOP;

    IF carried < event.quantity THEN
        SELECT coalesce(round((event.quantity - carried) * event.price * instrument.multiplier, 8), 0) INTO cost
        FROM rollforward_data.instrument WHERE instrument.instrument_id = event.instrument_id;
        state := rollforward.reference_enter(
            state, event, side, event.quantity - carried, cost, event.account_id, event.movement_id, state.today);
    END IF;
    RETURN state;
END
$$;

COMMENT ON FUNCTION rollforward.reference_arrive IS 'Reference: lots that are transferred in';
