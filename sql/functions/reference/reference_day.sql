-- One day: a change of method, then splits, then the movements in the order of events.
--
-- returns   the state in the evening, with the slices that ended today; not yet valued
CREATE OR REPLACE FUNCTION rollforward.reference_day(state rollforward.reference_state)
RETURNS rollforward.reference_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    event rollforward_data.movement;
BEGIN
    state.closed := '{}';
    state := rollforward.reference_change_method(state);
    state := rollforward.reference_apply_splits(state);

    FOR event IN
        SELECT movement.*
        FROM rollforward_data.movement
        WHERE movement.account_id = state.account_id AND movement.accounting_date = state.today
        ORDER BY rollforward.reference_order(movement)
    LOOP
        IF event.kind IN ('split', 'strike_adjustment') THEN
            state := rollforward.reference_position_adds(state, event.instrument_id, event.currency);
            state := rollforward.reference_move_on(
                state, event.movement_id, event.instrument_id, event.currency,
                coalesce(event.to_instrument_id, event.instrument_id),
                CASE event.kind WHEN 'split' THEN event.quantity ELSE 1 END,
                CASE event.kind WHEN 'split' THEN event.per_quantity ELSE 1 END);
            state := rollforward.reference_spread_all(state);
        ELSE
            state := rollforward.reference_book(state, event);
            IF event.effect IS NOT NULL THEN
                state := rollforward.reference_trade(state, event);
                state := rollforward.reference_note_transfer(state, event);
            END IF;
        END IF;
    END LOOP;
    RETURN state;
END
$$;

COMMENT ON FUNCTION rollforward.reference_day IS 'Reference: what the events of one day make of an account';
