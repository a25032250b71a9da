-- Forgets runs that are over, and calls of the coordinator, with their steps, errors and differences.
--
-- before    what began earlier; processing_metrics then begins there
-- returns   how many runs were forgotten
-- errors    22R01 before is NULL
CREATE OR REPLACE FUNCTION rollforward.forget_runs(before timestamptz)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    forgotten bigint;
BEGIN
    DELETE FROM rollforward_data.processing_call AS call
    WHERE call.called_at < rollforward.given(before, 'before');
    DELETE FROM rollforward_data.shadow_difference AS difference
    WHERE difference.run_id IS NULL
      AND difference.found_at < before;
    DELETE FROM rollforward_data.run
    WHERE run.started_at < before
      AND run.run_id NOT IN (SELECT known.run_id FROM rollforward.run AS known WHERE known.status = 'running')
      AND run.run_id NOT IN (SELECT worker.run_id FROM rollforward.run_worker AS worker);
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END
$$;

COMMENT ON FUNCTION rollforward.forget_runs IS 'Forgets runs that are over, and calls of the coordinator';
