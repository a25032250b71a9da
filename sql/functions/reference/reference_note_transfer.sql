-- Remembers what a transfer of securities brought in or took away, until a trading day counts it.
CREATE OR REPLACE FUNCTION rollforward.reference_note_transfer(
    state rollforward.reference_state,
    event rollforward_data.movement
)
RETURNS rollforward.reference_state
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    slice rollforward_data.lot_slice;
BEGIN
    IF event.kind = 'securities_in' THEN
        FOREACH slice IN ARRAY state.lots LOOP
            IF slice.entered_by = event.movement_id THEN
                state.arrived := state.arrived || slice;
            END IF;
        END LOOP;
    ELSIF event.kind = 'securities_out' THEN
        FOREACH slice IN ARRAY state.closed LOOP
            IF slice.closed_by = event.movement_id THEN
                state.departed := state.departed || slice;
            END IF;
        END LOOP;
    END IF;
    RETURN state;
END
$$;

COMMENT ON FUNCTION rollforward.reference_note_transfer IS 'Reference: remembers what a transfer brought in or took away';
