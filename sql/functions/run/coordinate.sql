-- Computes accounts between two dates as the scenario, or the caller, wants it: the one way of process and of every step of a run.
--
-- What another session computes at the same moment is waited for, and not computed again.
--
-- account_ids   sorted, each once
-- mode          auto, batch, per_date or shadow; NULL: what is set for the scenario
-- run_id        the run it belongs to; NULL for a plain call
-- returns       as process
-- locks         the account rows, in id order
CREATE OR REPLACE FUNCTION rollforward.coordinate(
    account_ids bigint[],
    start_date date,
    end_date date,
    scenario text,
    mode text,
    run_id bigint
)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    began CONSTANT timestamptz := clock_timestamp();
    request CONSTANT bytea := rollforward.request_digest(account_ids, start_date, end_date, scenario, mode, false);
    percent integer := 100;
    first_date date := start_date;
    chosen bigint[];
    waiting bigint[];
    rounds integer := 0;
    result rollforward.batch_result := rollforward.nothing_done(NULL);
BEGIN
    IF mode IS NULL THEN
        SELECT configured.mode, configured.batch_percent INTO mode, percent FROM rollforward.mode_of(scenario) AS configured;
    END IF;
    -- it locks the accounts: here, so that they stay locked when a part of the work is undone
    IF account_ids = '{}' OR rollforward.wait_for_same_call(request, account_ids, end_date) THEN
        result.mode := replace(mode, 'auto', 'batch');
        result.run_id := run_id;
        result.total_ms := rollforward.elapsed_ms(began, clock_timestamp());
        RETURN result;
    END IF;
    -- here, so that what is found out stays when the batch fails
    PERFORM rollforward.refresh_statistics();

    chosen := ARRAY(
        SELECT listed.account_id FROM unnest(account_ids) AS listed (account_id)
        WHERE rollforward.is_rolled_out(listed.account_id, percent));
    waiting := account_ids;
    WHILE waiting <> '{}' LOOP
        rounds := rollforward.next_round(rounds, waiting);
        result := rollforward.combined(
            rollforward.combined(result, rollforward.process_in_mode(
                ARRAY(SELECT unnest(waiting) INTERSECT SELECT unnest(chosen) ORDER BY 1), first_date, end_date, mode)),
            rollforward.process_in_mode(
                ARRAY(SELECT unnest(waiting) EXCEPT SELECT unnest(chosen) ORDER BY 1), first_date, end_date, 'per_date'));
        -- then who received securities by it; who failed stays as stale as it was
        waiting := ARRAY(
            SELECT rollforward.waiting_receivers(account_ids, end_date)
            EXCEPT SELECT failed.account_id FROM rollforward.failed_accounts(result.errors) AS failed WHERE NOT failed.recovered);
        first_date := end_date;
    END LOOP;
    IF mode = 'shadow' THEN
        PERFORM rollforward.record_differences(chosen, end_date, run_id);
        result.mode := replace(result.mode, 'batch', 'shadow');
    END IF;
    result.run_id := run_id;
    result.total_ms := rollforward.elapsed_ms(began, clock_timestamp());

    INSERT INTO rollforward_data.processing_call (
        request, run_id, scenario, mode, accounts, fell_back, failed,
        snapshots_saved, movements_processed, took_ms, called_at)
    SELECT request, run_id, scenario, result.mode, cardinality(account_ids),
           count(*) FILTER (WHERE failed.recovered), count(*) FILTER (WHERE NOT failed.recovered),
           result.snapshots_saved, result.movements_processed, result.total_ms, began
    FROM rollforward.failed_accounts(result.errors) AS failed;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.coordinate IS 'Computes accounts between two dates as the scenario, or the caller, wants it';
