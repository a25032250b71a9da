-- Values accounts on the trading days up to the end of a run that no fact has touched; stale ones have just failed.
CREATE OR REPLACE FUNCTION rollforward.fill_equity(run rollforward_data.run, account_ids bigint[])
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_date CONSTANT date := least(run.end_date, rollforward.today());
    waiting bigint[];
BEGIN
    waiting := ARRAY(
        SELECT DISTINCT missing.account_id
        FROM rollforward.missing_snapshots(account_ids, CASE WHEN isfinite(run.start_date) THEN least(run.start_date, last_date - 10) ELSE last_date - 10 END, last_date) AS missing
        WHERE missing.account_id NOT IN (
            SELECT mark.account_id FROM rollforward.waiting_mark AS mark WHERE mark.from_date <= last_date)
        ORDER BY missing.account_id);
    RETURN rollforward.coordinate(waiting, last_date, last_date, run.scenario, run.mode, run.run_id);
END
$$;

COMMENT ON FUNCTION rollforward.fill_equity IS 'Values accounts on the trading days that no fact has touched';
