-- Writes down that a run is to be cancelled: its workers see it before they take a step.
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
    RETURN FOUND;
END
$$;

COMMENT ON FUNCTION rollforward.request_cancel IS 'Writes down that a run is to be cancelled';
