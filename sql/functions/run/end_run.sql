-- Ends a run: as cancelled, or as its steps have come out. Who is not the first to end it changes nothing.
--
-- returns   cancelled or finished; done when steps have come meanwhile, which are to be taken
-- locks     the row of the run, behind who adds steps to it
CREATE OR REPLACE FUNCTION rollforward.end_run(run_id bigint, status text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM FROM rollforward_data.run WHERE run.run_id = end_run.run_id FOR NO KEY UPDATE;
    IF end_run.status IS NULL THEN
        IF EXISTS (SELECT FROM rollforward_data.run_step AS step
                   WHERE step.run_id = end_run.run_id AND step.status = 'waiting')
        THEN
            RETURN 'done';
        END IF;
        SELECT CASE WHEN count(*) = 0 THEN 'succeeded' ELSE 'failed' END
        INTO end_run.status
        FROM rollforward_data.run_step AS step
        JOIN rollforward.processing_phase AS declared USING (phase)
        WHERE step.run_id = end_run.run_id
          AND NOT declared.is_optional
          AND (step.status = 'failed' OR NOT (step.result ->> 'success')::boolean);
    END IF;
    UPDATE rollforward_data.run
    SET status = end_run.status, finished_at = clock_timestamp(), is_cancel_requested = false
    WHERE run.run_id = end_run.run_id
      AND run.status = 'running';
    RETURN CASE end_run.status WHEN 'cancelled' THEN 'cancelled' ELSE 'finished' END;
END
$$;

COMMENT ON FUNCTION rollforward.end_run IS 'Ends a run: as cancelled, or as its steps have come out';
