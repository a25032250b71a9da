-- Computes accounts in one mode, and then those among them that received securities by it.
--
-- mode      auto, batch, per_date or shadow
-- run_id    of the run to which differences belong that mode shadow finds; NULL for a plain call
-- returns   as process; mode is batch, per_date or shadow
CREATE OR REPLACE FUNCTION rollforward.process_in_mode(
    account_ids bigint[],
    start_date date,
    end_date date,
    mode text,
    run_id bigint
)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    waiting bigint[] := account_ids;
    rounds integer := 0;
    result rollforward.batch_result := rollforward.nothing_done(NULL);
BEGIN
    WHILE waiting <> '{}' LOOP
        rounds := rollforward.next_round(rounds, waiting);
        result := rollforward.combined(result, CASE mode
            WHEN 'per_date' THEN rollforward.process_by_reference(waiting, start_date, end_date)
            ELSE rollforward.process_divided(waiting, start_date, end_date, with_reference => mode <> 'batch')
        END);
        -- who failed stays as stale as it was
        waiting := ARRAY(
            SELECT receiver.account_id
            FROM rollforward.waiting_receivers(account_ids, end_date) AS receiver (account_id)
            WHERE receiver.account_id NOT IN (
                SELECT failed.account_id FROM rollforward.failed_accounts(result.errors) AS failed WHERE NOT failed.recovered));
        start_date := end_date;
    END LOOP;

    IF mode = 'shadow' THEN
        PERFORM rollforward.record_differences(account_ids, end_date, run_id);
        result.mode := 'shadow';
    END IF;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.process_in_mode IS 'Computes accounts in one mode';
