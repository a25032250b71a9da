-- The next day on which something happens: a movement, a change of method, or a split of what is held.
--
-- returns   NULL after the last
CREATE OR REPLACE FUNCTION rollforward.reference_next_day(state rollforward.reference_state)
RETURNS date
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN least(
        (SELECT min(movement.accounting_date)
         FROM rollforward_data.movement
         WHERE movement.account_id = state.account_id AND movement.accounting_date > state.today),
        (SELECT min(change.from_date)
         FROM rollforward_data.account_cost_method AS change
         WHERE change.account_id = state.account_id AND change.from_date > state.today),
        (SELECT min(split.split_date)
         FROM rollforward_data.split
         JOIN unnest(state.lots) AS lot ON lot.instrument_id = split.instrument_id
         WHERE split.split_date > state.today));
END
$$;

COMMENT ON FUNCTION rollforward.reference_next_day IS 'Reference: the next day on which something happens';
