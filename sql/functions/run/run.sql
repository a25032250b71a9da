-- Runs: what was asked to be computed, how far it has come, and what became of it.
--
-- status      running; succeeded; failed: an account, or a step, did; cancelled; interrupted: nobody works on it any more, and
--             resume_run(run_id) does what is left
-- workers     sessions that are at a step just now
-- accounts    in its steps, accounts_done of these in steps that are over; an account counts once for every phase
-- total_ms    of all steps together; more than the time from start to end where several worked
-- interrupted five seconds pass before a run without a worker counts as interrupted: workers are at no step between two
CREATE OR REPLACE VIEW rollforward.run AS
SELECT run.run_id,
       run.scenario,
       run.mode,
       run.start_date,
       run.end_date,
       run.only_stale,
       CASE WHEN run.status <> 'running' OR worker.workers > 0 THEN run.status
            WHEN run.is_cancel_requested THEN 'cancelled'
            WHEN clock_timestamp() - greatest(run.started_at, progress.last_at) < interval '5 seconds' THEN 'running'
            ELSE 'interrupted'
       END AS status,
       worker.workers,
       progress.steps,
       progress.steps_done,
       progress.accounts,
       progress.accounts_done,
       run.started_at,
       run.finished_at,
       progress.fell_back,
       progress.snapshots_saved,
       progress.equity_saved,
       progress.dates_processed,
       progress.movements_processed,
       progress.load_ms,
       progress.calculation_ms,
       progress.persistence_ms,
       progress.total_ms,
       progress.coverage,
       (SELECT count(*) FROM rollforward_data.run_error AS error WHERE error.run_id = run.run_id) AS errors,
       (SELECT count(*) FROM rollforward_data.shadow_difference AS difference WHERE difference.run_id = run.run_id) AS differences,
       run.requested_by,
       run.version
FROM rollforward_data.run
CROSS JOIN LATERAL (
    SELECT count(*) AS workers FROM rollforward.run_worker AS known WHERE known.run_id = run.run_id) AS worker
CROSS JOIN LATERAL (
    SELECT count(*) AS steps,
           count(*) FILTER (WHERE step.status <> 'waiting') AS steps_done,
           coalesce(sum(step.accounts) FILTER (WHERE declared.is_chunked), 0)::bigint AS accounts,
           coalesce(sum(step.accounts) FILTER (WHERE declared.is_chunked AND step.status <> 'waiting'), 0)::bigint
               AS accounts_done,
           max(step.finished_at) AS last_at,
           coalesce(bool_or(step.fell_back), false) AS fell_back,
           coalesce(sum(step.snapshots_saved), 0)::bigint AS snapshots_saved,
           coalesce(sum(step.equity_saved), 0)::bigint AS equity_saved,
           coalesce(max(step.dates_processed), 0) AS dates_processed,
           coalesce(sum(step.movements_processed), 0)::bigint AS movements_processed,
           coalesce(sum(step.load_ms), 0) AS load_ms,
           coalesce(sum(step.calculation_ms), 0) AS calculation_ms,
           coalesce(sum(step.persistence_ms), 0) AS persistence_ms,
           coalesce(sum(step.total_ms), 0) AS total_ms,
           min(step.coverage) AS coverage
    FROM rollforward.run_step AS step
    JOIN rollforward.processing_phase AS declared USING (phase)
    WHERE step.run_id = run.run_id) AS progress;

COMMENT ON VIEW rollforward.run IS 'Runs: what was asked to be computed, how far it has come, and what became of it';
