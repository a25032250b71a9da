-- Splits of today that are known of an instrument. Each takes what was held when the day began: what one of them lets
-- begin is out of reach of the others, so that their order does not matter.
CREATE OR REPLACE FUNCTION rollforward.reference_apply_splits(state rollforward.reference_state)
RETURNS rollforward.reference_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    split record;
    begun rollforward_data.lot_slice[] := '{}';
BEGIN
    FOR split IN
        SELECT DISTINCT known.event_id, known.instrument_id, known.to_instrument_id, known.quantity, known.per_quantity,
                        lot.currency
        FROM rollforward_data.split AS known
        JOIN unnest(state.lots) AS lot ON lot.instrument_id = known.instrument_id
        WHERE known.split_date = state.today
          AND NOT rollforward.reference_has_booked_split(state.account_id, known.instrument_id, known.split_date)
    LOOP
        state := rollforward.reference_move_on(
            state, split.event_id, split.instrument_id, split.currency,
            coalesce(split.to_instrument_id, split.instrument_id), split.quantity, split.per_quantity);
        begun := begun || ARRAY(
            SELECT state.lots[lot.ordinality]
            FROM unnest(state.lots) WITH ORDINALITY AS lot
            WHERE lot.entered_by = split.event_id
            ORDER BY lot.ordinality);
        state.lots := ARRAY(
            SELECT state.lots[lot.ordinality]
            FROM unnest(state.lots) WITH ORDINALITY AS lot
            WHERE lot.entered_by <> split.event_id
            ORDER BY lot.ordinality);
    END LOOP;
    state.lots := state.lots || begun;
    RETURN rollforward.reference_spread_all(state);
END
$$;

COMMENT ON FUNCTION rollforward.reference_apply_splits IS 'Reference: splits that are known of what is held';
