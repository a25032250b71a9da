-- Makes a run that was cancelled, interrupted or failed one that can be worked on again: what is done stays done.
--
-- Accounts that failed, and those that facts have made stale since, are to be done again.
--
-- errors   22R01 there is no such run
CREATE OR REPLACE FUNCTION rollforward.reopen_run(run_id bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_run(reopen_run.run_id);
    UPDATE rollforward_data.run
    SET status = 'running', finished_at = NULL,
        is_cancel_requested = run.is_cancel_requested
            AND run.run_id IN (SELECT worker.run_id FROM rollforward.run_worker AS worker)
    WHERE run.run_id = reopen_run.run_id;
    PERFORM rollforward.reopen_steps(reopen_run.run_id);
END
$$;

COMMENT ON FUNCTION rollforward.reopen_run IS 'Makes a run one that can be worked on again';
