-- The independent reference: every derived row of one account, computed day by day, event by event.
--
-- Deliberately plain: open lots, a running total per position and per currency, and loops that a reader can check by
-- eye against docs/figures.md. Shares no calculation with the set-based path; it is what verify() holds that path
-- against, and what process_per_date() falls back to. Writes nothing. Lots that came from another account are taken
-- from what is stored there.
--
-- end_date   the last accounting date to look at
-- returns    object: lot_slice, position_snapshot, account_snapshot or equity_snapshot; content: the row of that table
CREATE OR REPLACE FUNCTION rollforward.reference_rows(account_id bigint, end_date date)
RETURNS TABLE (object text, content jsonb)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    state rollforward.reference_state;
    event_day date;
    last_trading_day date;
    equity_day date;
BEGIN
    state := rollforward.reference_start(account_id);
    last_trading_day := rollforward.reference_last_trading_day(state, end_date);
    event_day := rollforward.reference_next_day(state);
    WHILE event_day <= end_date LOOP
        state.today := event_day;

        IF state.premium_in_cost THEN
            -- What options bring shows only when the day is over: a trial of it tells what moves, then it is computed.
            state := rollforward.reference_move_premiums(state, (rollforward.reference_day(state)).closed);
        END IF;
        state := rollforward.reference_day(state);
        state := rollforward.reference_value_positions(state);
        state := rollforward.reference_value_currencies(state);

        RETURN QUERY
        SELECT 'lot_slice', to_jsonb(slice) FROM unnest(state.closed) AS slice;
        RETURN QUERY
        SELECT 'position_snapshot', to_jsonb(snapshot) FROM unnest(state.positions) AS snapshot
        WHERE snapshot.snapshot_date = state.today;
        RETURN QUERY
        SELECT 'account_snapshot', to_jsonb(snapshot) FROM unnest(state.currencies) AS snapshot
        WHERE snapshot.snapshot_date = state.today;

        -- What is held in the evening is held until the next event, and worth something else on every trading day.
        equity_day := event_day;
        event_day := rollforward.reference_next_day(state);
        WHILE cardinality(state.currencies) > 0
              AND equity_day <= last_trading_day AND equity_day < coalesce(event_day, 'infinity')
        LOOP
            IF rollforward.reference_is_trading_day(state.calendar, equity_day) THEN
                state.today := equity_day;
                state := rollforward.reference_equity(state);
                RETURN QUERY SELECT 'equity_snapshot', to_jsonb(state.equity);
            END IF;
            equity_day := equity_day + 1;
        END LOOP;
    END LOOP;

    RETURN QUERY
    SELECT 'lot_slice', to_jsonb(slice) FROM unnest(state.lots) AS slice;
END
$$;

COMMENT ON FUNCTION rollforward.reference_rows IS 'Independent reference: every derived row of one account, computed event by event';
