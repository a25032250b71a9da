-- Writes down that a run is to be cancelled: its workers see it before they take a step. Without a worker it is at once.
--
-- errors   22R01 there is no such run
CREATE OR REPLACE FUNCTION rollforward.request_cancel(run_id bigint)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_run(request_cancel.run_id);
    UPDATE rollforward_data.run
    SET is_cancel_requested = true
    WHERE run.run_id = request_cancel.run_id
      AND run.status = 'running';
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF NOT EXISTS (SELECT FROM rollforward.run_worker AS worker WHERE worker.run_id = request_cancel.run_id) THEN
        PERFORM rollforward.end_run(request_cancel.run_id, 'cancelled');
    END IF;
    RETURN true;
END
$$;

COMMENT ON FUNCTION rollforward.request_cancel IS 'Writes down that a run is to be cancelled';
