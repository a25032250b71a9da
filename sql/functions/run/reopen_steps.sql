-- Puts back what of a run is to be done once more, steps that failed and those with accounts that are stale again, adds
-- accounts that have come since, and puts back the phases that require any of these.
CREATE OR REPLACE FUNCTION rollforward.reopen_steps(run_id bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    WITH stale AS MATERIALIZED (
        SELECT mark.account_id
        FROM rollforward.waiting_mark AS mark
        WHERE mark.from_date <= (SELECT run.end_date FROM rollforward_data.run WHERE run.run_id = reopen_steps.run_id)
    )
    UPDATE rollforward_data.run_step AS step
    SET status = 'waiting', attempts = 0
    WHERE step.run_id = reopen_steps.run_id
      AND (step.status = 'failed'
           OR (step.status = 'done'
               AND (NOT (step.result ->> 'success')::boolean
                    OR step.account_ids && ARRAY(SELECT stale.account_id FROM stale))));
    PERFORM rollforward.plan_steps(reopen_steps.run_id);
    UPDATE rollforward_data.run_step AS step
    SET status = 'waiting', attempts = 0
    FROM rollforward.processing_phase AS declared
    WHERE step.run_id = reopen_steps.run_id
      AND step.status <> 'waiting'
      AND declared.phase = step.phase
      AND declared.requires && ARRAY(
          SELECT again.phase FROM rollforward_data.run_step AS again
          WHERE again.run_id = reopen_steps.run_id AND again.status = 'waiting');
    DELETE FROM rollforward_data.run_error AS error
    USING rollforward_data.run_step AS step
    WHERE error.run_id = reopen_steps.run_id
      AND (step.run_id, step.step_no) = (error.run_id, error.step_no)
      AND step.status = 'waiting';
END
$$;

COMMENT ON FUNCTION rollforward.reopen_steps IS 'Puts back what of a run is to be done once more';
