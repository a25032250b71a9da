-- The sessions that are at a run just now: each holds a lock as long as it is at a step.
CREATE OR REPLACE VIEW rollforward.run_worker AS
SELECT run.run_id, held.pid
FROM pg_locks AS held
JOIN rollforward_data.run ON (run.run_id % 2147483647) = held.objid::bigint
WHERE held.locktype = 'advisory'
  AND held.granted
  AND held.objsubid = 2
  AND held.classid = rollforward.run_lock_class()::oid
  AND held.database = (SELECT pg_database.oid FROM pg_database WHERE pg_database.datname = current_database());

COMMENT ON VIEW rollforward.run_worker IS 'The sessions that are at a run just now';
