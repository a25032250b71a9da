-- The steps of runs: some accounts, one phase, one transaction each.
--
-- status     waiting, which includes those that are at work; done; failed
-- success    NULL until it is done; false when an account failed
CREATE OR REPLACE VIEW rollforward.run_step AS
SELECT step.run_id,
       step.step_no,
       step.phase,
       step.status,
       cardinality(step.account_ids) AS accounts,
       step.account_ids,
       step.attempts,
       step.worker_pid,
       step.started_at,
       step.finished_at,
       outcome.success,
       outcome.mode,
       outcome.fell_back,
       outcome.snapshots_saved,
       outcome.equity_saved,
       outcome.dates_processed,
       outcome.movements_processed,
       outcome.load_ms,
       outcome.calculation_ms,
       outcome.persistence_ms,
       outcome.total_ms,
       outcome.coverage
FROM rollforward_data.run_step AS step
LEFT JOIN LATERAL jsonb_populate_record(NULL::rollforward.batch_result, step.result) AS outcome ON step.status = 'done';

COMMENT ON VIEW rollforward.run_step IS 'The steps of runs: some accounts, one phase, one transaction each';
