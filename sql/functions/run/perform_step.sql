-- Computes the accounts of a step, as its phase is meant.
CREATE OR REPLACE FUNCTION rollforward.perform_step(run rollforward_data.run, step rollforward_data.run_step)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- who has been deleted since is left out
    step.account_ids := ARRAY(
        SELECT account.account_id FROM rollforward_data.account
        WHERE account.account_id = ANY (step.account_ids)
        ORDER BY account.account_id);
    CASE step.phase
        WHEN 'stale' THEN
            RETURN rollforward.coordinate(
                ARRAY(SELECT stale.account_id FROM rollforward.stale_account AS stale
                      WHERE stale.account_id = ANY (step.account_ids) AND stale.from_date <= run.end_date
                      ORDER BY stale.account_id),
                CASE WHEN run.only_stale THEN run.start_date ELSE run.end_date END, run.end_date,
                run.scenario, run.mode, run.run_id);
        WHEN 'snapshots' THEN
            RETURN rollforward.coordinate(
                step.account_ids, run.start_date, run.end_date, run.scenario, run.mode, run.run_id);
        WHEN 'equity' THEN
            RETURN rollforward.fill_equity(run, step.account_ids);
        WHEN 'receivers' THEN
            RETURN rollforward.follow_receivers(run, step.account_ids);
        WHEN 'ties' THEN
            RETURN rollforward.judge_ties(step.account_ids);
        ELSE
            RETURN rollforward.perform_analysis(run, step);
    END CASE;
END
$$;

COMMENT ON FUNCTION rollforward.perform_step IS 'Computes the accounts of a step, as its phase is meant';
