-- Imports of statements: what file, how far each has come, and what became of it.
--
-- phase        staging: its rows are being copied; saving; refused: rows cannot be read or booked; failed; interrupted: nobody is at it
--              any more, and nothing of it was saved: import the file again; saved: its movements are, and nothing was asked to be
--              computed, or that failed (run_status); processing; completed
-- rows_read    while it is staging: copied so far
-- run_status   of the run that computes what it has changed
CREATE OR REPLACE VIEW rollforward.import_session AS
SELECT import.import_session_id,
       import.account_number,
       import.account_id,
       import.layout,
       import.file_name,
       encode(import.file_hash, 'hex') AS file_hash,
       CASE
           WHEN import.saved_at IS NULL
               THEN CASE
                   WHEN import.error ->> 'sqlstate' = '23R01' THEN 'refused'
                   WHEN import.error IS NOT NULL THEN 'failed'
                   WHEN copying.pid IS NOT NULL THEN 'staging'
                   WHEN worker.pid IS NOT NULL THEN 'saving'
                   -- between two transactions nobody holds a lock
                   WHEN clock_timestamp() - import.started_at < interval '5 seconds' THEN 'staging'
                   ELSE 'interrupted'
               END
           WHEN run.status = 'running' THEN 'processing'
           WHEN import.finished_at IS NOT NULL OR run.status = 'succeeded' THEN 'completed'
           ELSE 'saved'
       END AS phase,
       coalesce(import.rows_read, copying.tuples_processed) AS rows_read,
       import.saved,
       import.already_known,
       import.first_date,
       import.last_date,
       import.account_created,
       import.started_at,
       import.saved_at,
       coalesce(import.finished_at, run.finished_at) AS finished_at,
       import.run_id,
       run.status AS run_status,
       import.error,
       import.requested_by
FROM rollforward_data.import_session AS import
LEFT JOIN rollforward.run ON run.run_id = import.run_id
LEFT JOIN LATERAL (
    SELECT held.pid
    FROM pg_catalog.pg_locks AS held
    WHERE import.saved_at IS NULL
      AND held.locktype = 'advisory'
      AND held.granted
      AND held.objsubid = 2
      AND held.classid = rollforward.import_lock_class()::oid
      AND held.objid::bigint = import.import_session_id % 2147483647
      AND held.database = (SELECT pg_database.oid FROM pg_catalog.pg_database WHERE pg_database.datname = current_database())
    LIMIT 1
) AS worker ON true
LEFT JOIN pg_catalog.pg_stat_progress_copy AS copying ON copying.pid = worker.pid;

COMMENT ON VIEW rollforward.import_session IS 'Imports of statements: what file, how far each has come, and what became of it';
