-- An account before its first day: nothing held, first in, first out.
CREATE OR REPLACE FUNCTION rollforward.reference_start(account_id bigint)
RETURNS rollforward.reference_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    state rollforward.reference_state;
BEGIN
    SELECT account.costs_in_lot, account.premium_in_cost, account.base_currency, account.calendar
    INTO state.costs_in_lot, state.premium_in_cost, state.base_currency, state.calendar
    FROM rollforward_data.account WHERE account.account_id = reference_start.account_id;

    state.account_id := account_id;
    state.method := 'fifo';
    state.ranked_by := 'cost';
    state.today := '-infinity';
    state.lots := '{}';
    state.closed := '{}';
    state.premiums := '{}';
    state.delivered := '{}';
    state.positions := '{}';
    state.currencies := '{}';
    state.arrived := '{}';
    state.departed := '{}';
    state.counted := '{}';
    RETURN state;
END
$$;

COMMENT ON FUNCTION rollforward.reference_start IS 'Reference: an account before its first day';
