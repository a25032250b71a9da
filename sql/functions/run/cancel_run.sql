-- Cancels a run: what its workers are at is undone, what is done stays.
--
-- Takes effect within a step where the caller may cancel the workers, as their own role or a member of pg_signal_backend;
-- else before the next step, when the caller has committed.
--
-- returns   whether there was something to cancel
-- errors    22R01 there is no such run
CREATE OR REPLACE FUNCTION rollforward.cancel_run(run_id bigint)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    worker integer;
    is_running CONSTANT boolean := rollforward.request_cancel(cancel_run.run_id);
BEGIN
    FOR worker IN SELECT known.pid FROM rollforward.run_worker AS known WHERE known.run_id = cancel_run.run_id LOOP
        BEGIN
            PERFORM pg_cancel_backend(worker);
        EXCEPTION
            WHEN insufficient_privilege THEN
                NULL;  -- somebody else's: it sees the request before its next step
        END;
    END LOOP;
    RETURN is_running;
END
$$;

COMMENT ON FUNCTION rollforward.cancel_run IS 'Cancels a run: what its workers are at is undone, what is done stays';
