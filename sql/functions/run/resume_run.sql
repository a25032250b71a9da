-- Does what is left of a run that was cancelled, interrupted or failed, in one transaction.
--
-- To commit after every step, or to work on it from several sessions: SELECT rollforward.reopen_run(run_id), then
-- CALL rollforward.work_on_run(run_id).
--
-- returns   the outcome of the whole run
-- errors    22R01 there is no such run; 57014 it was cancelled meanwhile
CREATE OR REPLACE FUNCTION rollforward.resume_run(run_id bigint)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    outcome text := 'done';
BEGIN
    PERFORM rollforward.reopen_run(run_id);
    WHILE outcome IN ('done', 'again') LOOP
        PERFORM pg_sleep(random() * 0.2) WHERE outcome = 'again';
        outcome := rollforward.perform_next_step(run_id);
    END LOOP;
    IF outcome = 'cancelled' THEN
        RAISE EXCEPTION 'run % was cancelled', run_id
            USING ERRCODE = '57014', HINT = format('SELECT rollforward.resume_run(%s) does what is left of it.', run_id);
    END IF;
    RETURN rollforward.run_result(run_id);
END
$$;

COMMENT ON FUNCTION rollforward.resume_run IS 'Does what is left of a run, in one transaction';
