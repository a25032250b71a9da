-- A change of cost method today: every position goes on under the new one.
CREATE OR REPLACE FUNCTION rollforward.reference_change_method(state rollforward.reference_state)
RETURNS rollforward.reference_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    change rollforward_data.account_cost_method;
    held record;
BEGIN
    SELECT * INTO change
    FROM rollforward_data.account_cost_method AS method
    WHERE method.account_id = state.account_id AND method.from_date = state.today;
    IF NOT FOUND THEN
        RETURN state;
    END IF;

    FOR held IN SELECT DISTINCT lot.instrument_id, lot.currency FROM unnest(state.lots) AS lot LOOP
        state := rollforward.reference_move_on(
            state, change.event_id, held.instrument_id, held.currency, held.instrument_id);
    END LOOP;
    state.method := change.method;
    state.ranked_by := change.ranked_by;
    RETURN rollforward.reference_spread_all(state);
END
$$;

COMMENT ON FUNCTION rollforward.reference_change_method IS 'Reference: all positions go on under the method that begins today';
