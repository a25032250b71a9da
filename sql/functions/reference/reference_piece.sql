-- The slice that a closing takes from the front of a lot, with what it brings in and gains.
--
-- taken   its units
-- cost    what it leaves with
-- done    units that the closing has taken before
CREATE OR REPLACE FUNCTION rollforward.reference_piece(
    state rollforward.reference_state,
    event rollforward_data.movement,
    lot rollforward_data.lot_slice,
    taken numeric,
    cost numeric,
    done numeric
)
RETURNS rollforward_data.lot_slice
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    net numeric := rollforward.reference_net(state, event);
    piece rollforward_data.lot_slice := lot;
BEGIN
    piece.quantity := taken;
    piece.closed_on := state.today;
    piece.closed_by := event.movement_id;
    piece.cost := reference_piece.cost;

    piece.proceeds := rollforward.reference_share(net, done + taken, event.quantity)
                      - rollforward.reference_share(net, done, event.quantity);
    IF piece.side = 'short' THEN
        piece.proceeds := -piece.proceeds;
    END IF;
    IF event.kind = 'securities_out' OR event.movement_id = ANY (state.delivered) THEN
        piece.proceeds := piece.cost;
    END IF;
    piece.gain := CASE piece.side WHEN 'long' THEN piece.proceeds - piece.cost ELSE piece.cost - piece.proceeds END;
    RETURN piece;
END
$$;

COMMENT ON FUNCTION rollforward.reference_piece IS 'Reference: the slice that a closing takes from a lot';
