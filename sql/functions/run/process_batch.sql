-- Computes lots, position snapshots and account snapshots of many accounts between two dates, both included.
--
-- The number of statements does not depend on the number of accounts, dates or movements. Lands whole or leaves no
-- trace. An account that is stale from before start_date is computed from there on; rows after end_date that are
-- affected are marked stale.
--
-- account_ids           accounts to compute; empty is allowed and does nothing
-- start_date, end_date  both included
-- force_recalculation   ignore stored snapshots and lots and begin with the first movement
-- returns               counts and timings; success is always true, for failures raise
-- errors                22R01 an argument is NULL, the range is upside down, or an account is unknown
-- locks                 the account rows, in id order
CREATE OR REPLACE FUNCTION rollforward.process_batch(
    account_ids bigint[],
    start_date date,
    end_date date,
    force_recalculation boolean DEFAULT false
)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    began timestamptz := clock_timestamp();
    loaded timestamptz;
    calculated timestamptz;
    calculated_again timestamptz;
    persisting interval;
    result rollforward.batch_result;
BEGIN
    PERFORM rollforward.require_range(start_date, end_date);
    PERFORM rollforward.require_accounts(account_ids);
    IF force_recalculation IS NULL THEN
        RAISE EXCEPTION 'force_recalculation must not be NULL'
            USING ERRCODE = '22R01',
                  DETAIL = '[{"argument": "force_recalculation", "value": null}]',
                  HINT = 'Pass true or false.';
    END IF;

    PERFORM FROM rollforward_data.account
    WHERE account_id = ANY (account_ids)
    ORDER BY account_id
    FOR NO KEY UPDATE;

    PERFORM rollforward.prepare_stage();
    PERFORM rollforward.stage_events(account_ids, start_date, end_date, force_recalculation);
    loaded := clock_timestamp();

    PERFORM rollforward.match_lots();
    PERFORM rollforward.stage_deltas();
    PERFORM rollforward.stage_position_snapshots();
    calculated := clock_timestamp();

    PERFORM rollforward.store_slices(end_date);
    PERFORM rollforward.store_position_snapshots(end_date);
    PERFORM rollforward.refresh_statistics();
    persisting := clock_timestamp() - calculated;

    PERFORM rollforward.stage_account_snapshots();
    calculated_again := clock_timestamp();

    result.snapshots_saved := rollforward.store_account_snapshots(end_date);
    PERFORM rollforward.settle_marks(end_date);
    PERFORM rollforward.refresh_statistics();

    SELECT count(*), count(DISTINCT accounting_date)
    INTO result.movements_processed, result.dates_processed
    FROM stage_event;

    result.success := true;
    result.mode := 'batch';
    result.fell_back := false;
    result.errors := '[]';
    result.load_ms := rollforward.elapsed_ms(began, loaded);
    result.persistence_ms := rollforward.elapsed_ms(calculated_again - persisting, clock_timestamp());
    result.total_ms := rollforward.elapsed_ms(began, clock_timestamp());
    result.calculation_ms := result.total_ms - result.load_ms - result.persistence_ms;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.process_batch(bigint[], date, date, boolean) IS
    'Computes lots and snapshots of many accounts between two dates, in a constant number of statements';
