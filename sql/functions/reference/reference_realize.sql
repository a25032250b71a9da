-- Keeps a slice that a movement closed, and adds its gain to the figures.
CREATE OR REPLACE FUNCTION rollforward.reference_realize(
    state rollforward.reference_state,
    event rollforward_data.movement,
    piece rollforward_data.lot_slice
)
RETURNS rollforward.reference_state
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    state.closed := state.closed || piece;
    state := rollforward.reference_position_adds(
        state, piece.instrument_id, piece.currency, realized_gains => piece.gain);
    RETURN rollforward.reference_currency_adds(state, piece.currency, realized_gains => piece.gain);
END
$$;

COMMENT ON FUNCTION rollforward.reference_realize IS 'Reference: keeps a closed slice and adds its gain';
