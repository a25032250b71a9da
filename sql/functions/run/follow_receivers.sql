-- Computes accounts that received lots from others which were computed after them, and so on to whom they gave them.
CREATE OR REPLACE FUNCTION rollforward.follow_receivers(run rollforward_data.run, account_ids bigint[])
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    waiting bigint[];
    rounds integer := 0;
    result rollforward.batch_result := rollforward.nothing_done(NULL);
BEGIN
    LOOP
        waiting := ARRAY(
            SELECT receiver.account_id
            FROM rollforward.waiting_receivers(account_ids, run.end_date) AS receiver (account_id)
            WHERE receiver.account_id NOT IN (
                SELECT error.account_id FROM rollforward_data.run_error AS error
                WHERE error.run_id = run.run_id AND NOT error.recovered AND error.account_id IS NOT NULL));
        EXIT WHEN waiting = '{}';
        rounds := rollforward.next_round(rounds, waiting);
        result := rollforward.combined(
            result, rollforward.coordinate(waiting, run.end_date, run.end_date, run.scenario, run.mode, run.run_id));
    END LOOP;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.follow_receivers IS 'Computes accounts that received lots from others which were computed after them';
