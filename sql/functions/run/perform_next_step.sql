-- Computes the next step of a run, if there is one; what goes wrong is written down, and stands when the transaction commits.
--
-- A step that fails because of others, as by a deadlock, is put back up to five times.
--
-- returns   done: there may be more; again: the step was put back; cancelled: the run was; finished: nothing is left
-- errors    22R01 there is no such run
-- locks     the row of the step, then those of its accounts; run_lock_class() and the run, shared, which shows that it is alive
CREATE OR REPLACE FUNCTION rollforward.perform_next_step(run_id bigint)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off  -- many expressions over rows that nobody can count beforehand: compiling would be a guess
AS $$
#variable_conflict use_column
DECLARE
    run rollforward_data.run;
    claimed integer;
    step rollforward_data.run_step;
    began timestamptz;
    outcome rollforward.batch_result;
    error_state text;
    message text;
    detail text;
    hint text;
BEGIN
    PERFORM rollforward.require_run(perform_next_step.run_id);
    PERFORM pg_advisory_xact_lock_shared(
        rollforward.run_lock_class(), (perform_next_step.run_id % 2147483647)::integer);
    SELECT * INTO run FROM rollforward_data.run AS known WHERE known.run_id = perform_next_step.run_id;
    IF run.status = 'running' AND run.is_cancel_requested THEN
        RETURN rollforward.end_run(run.run_id, 'cancelled');
    ELSIF run.status <> 'running' THEN
        RETURN CASE run.status WHEN 'cancelled' THEN 'cancelled' ELSE 'finished' END;
    END IF;

    claimed := rollforward.claim_step(run.run_id);
    IF claimed IS NULL THEN
        RETURN rollforward.end_run(run.run_id);
    END IF;
    SELECT * INTO step
    FROM rollforward_data.run_step AS known
    WHERE (known.run_id, known.step_no) = (run.run_id, claimed);

    began := clock_timestamp();
    BEGIN
        outcome := rollforward.perform_step(run, step);
    EXCEPTION
        WHEN query_canceled THEN
            -- by a timeout, say: nobody would know why
            INSERT INTO rollforward_data.run_error (run_id, step_no, recovered, sqlstate, message)
            SELECT step.run_id, step.step_no, false, SQLSTATE, SQLERRM
            FROM rollforward_data.run AS known
            WHERE known.run_id = step.run_id
              AND NOT known.is_cancel_requested;
            RETURN rollforward.end_run(run.run_id, 'cancelled');
        WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS error_state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
                                    detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    END;

    UPDATE rollforward_data.run_step AS known
    SET status = CASE WHEN error_state IS NULL THEN 'done'
                      WHEN error_state IN ('40001', '40P01', '55P03') AND known.attempts < 5 THEN 'waiting'
                      ELSE 'failed'
                 END,
        attempts = known.attempts + 1,
        worker_pid = pg_backend_pid(),
        started_at = began,
        finished_at = clock_timestamp(),
        result = CASE WHEN error_state IS NULL THEN to_jsonb(outcome) - 'errors' - 'run_id' END
    WHERE (known.run_id, known.step_no) = (step.run_id, step.step_no)
    RETURNING * INTO step;
    INSERT INTO rollforward_data.run_error (
        run_id, step_no, account_id, snapshot_date, path, recovered, sqlstate, message, detail, hint)
    SELECT step.run_id, step.step_no, failure.account_id, failure.snapshot_date, failure.path, failure.recovered, failure.sqlstate,
           failure.message, failure.detail, failure.hint
    FROM jsonb_to_recordset(coalesce(
        outcome.errors,
        CASE WHEN step.status = 'failed' THEN rollforward.failure(NULL, NULL, false, error_state, message, detail, hint) END,
        '[]'))
        AS failure (
            account_id bigint, snapshot_date date, path text, recovered boolean, sqlstate text, message text, detail text, hint text);
    RETURN CASE step.status WHEN 'waiting' THEN 'again' ELSE 'done' END;
END
$$;

COMMENT ON FUNCTION rollforward.perform_next_step IS 'Computes the next step of a run, if there is one';
