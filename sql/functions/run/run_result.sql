-- The outcome of a run as far as it has come: what its steps did, together.
--
-- errors   22R01 there is no such run
CREATE OR REPLACE FUNCTION rollforward.run_result(run_id bigint)
RETURNS rollforward.batch_result
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    result rollforward.batch_result;
BEGIN
    PERFORM rollforward.require_run(run_result.run_id);
    SELECT known.run_id, known.status = 'succeeded',
           (SELECT CASE count(DISTINCT step.mode) WHEN 1 THEN min(step.mode) WHEN 0 THEN 'batch' ELSE 'mixed' END
            FROM rollforward.run_step AS step WHERE step.run_id = known.run_id),
           known.fell_back, known.snapshots_saved, known.dates_processed, known.movements_processed,
           known.load_ms, known.calculation_ms, known.persistence_ms, known.total_ms,
           coalesce((SELECT jsonb_agg(to_jsonb(error) - 'run_id' - 'step_no' - 'error_id' - 'recorded_at' ORDER BY error.step_no, error.error_id)
                     FROM rollforward.run_error AS error WHERE error.run_id = known.run_id), '[]'),
           known.equity_saved, known.coverage
    INTO result
    FROM rollforward.run AS known
    WHERE known.run_id = run_result.run_id;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.run_result IS 'The outcome of a run as far as it has come';
