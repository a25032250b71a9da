-- Computes accounts between two dates, once: from facts and what is stored before the range to what is stored in it.
--
-- A round of process_batch, or a slice of one; it checks the arguments and locks the accounts, and says which dates and what
-- coverage there are in all. An account that is stale from before start_date is computed from there on.
CREATE OR REPLACE FUNCTION rollforward.compute_range(
    account_ids bigint[],
    start_date date,
    end_date date,
    force_recalculation boolean
)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_memoize = off  -- what is looked up comes once; a cache of it is filled and emptied for nothing
AS $$
DECLARE
    began timestamptz := clock_timestamp();
    loaded timestamptz;
    calculated timestamptz;
    stored timestamptz;
    valued timestamptz;
    result rollforward.batch_result := ROW(NULL, true, 'batch', false, 0, 0, 0, 0, 0, 0, 0, '[]', 0, NULL);
BEGIN
    PERFORM rollforward.prepare_stage();
    start_date := rollforward.stage_scope(account_ids, start_date, end_date, force_recalculation);
    PERFORM rollforward.stage_positions(start_date, end_date);
    PERFORM rollforward.stage_carries(end_date);
    PERFORM rollforward.stage_events(start_date, end_date);
    loaded := clock_timestamp();

    PERFORM rollforward.match_lots(start_date);
    PERFORM rollforward.stage_deltas();
    PERFORM rollforward.stage_position_snapshots();
    PERFORM rollforward.stage_account_snapshots(start_date);
    calculated := clock_timestamp();

    PERFORM rollforward.store_slices(start_date, end_date);
    PERFORM rollforward.store_position_snapshots(start_date, end_date);
    PERFORM rollforward.store_positions();
    result.snapshots_saved := rollforward.store_account_snapshots(start_date, end_date);
    PERFORM rollforward.refresh_statistics();
    stored := clock_timestamp();

    PERFORM rollforward.stage_equity(end_date);
    valued := clock_timestamp();

    result.equity_saved := rollforward.store_equity_snapshots();
    PERFORM rollforward.mark_remainder(end_date);
    PERFORM rollforward.mark_analyses(array_agg(scope.account_id), array_agg(least(scope.from_date, valuation.from_date)))
    FROM stage_scope AS scope
    JOIN stage_valuation AS valuation USING (account_id)
    WHERE scope.account_id IN (SELECT changed.account_id FROM stage_changed AS changed);
    PERFORM rollforward.refresh_statistics();

    SELECT count(kind) INTO result.movements_processed FROM stage_event;
    result.load_ms := rollforward.elapsed_ms(began, loaded);
    result.persistence_ms := rollforward.elapsed_ms(calculated + (valued - stored), clock_timestamp());
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.compute_range IS 'Computes accounts between two dates, once';
