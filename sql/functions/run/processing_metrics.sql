-- What has been done so far, and how long it took: operations of the repository, and calls of the coordinator.
--
-- scope             repository or processing
-- subject           the operation and its entity; the scenario and the mode
-- attempts          calls that ended; operations of the repository that fail leave nothing
-- successes         of these, those in which no account failed
-- fallbacks         accounts for which the reference had to step in
-- failures          accounts that failed in every way
-- rows_given        rows; movements in the ranges
-- rows_written      of these: inserted, updated or deleted; account snapshots written
CREATE OR REPLACE VIEW rollforward.processing_metrics AS
SELECT 'repository' AS scope,
       operation.operation || ' ' || operation.entity AS subject,
       count(*) AS attempts,
       count(*) AS successes,
       0::bigint AS fallbacks,
       0::bigint AS failures,
       sum(operation.rows_given)::bigint AS rows_given,
       sum(operation.rows_written)::bigint AS rows_written,
       sum(operation.took_ms) AS total_ms,
       round(avg(operation.took_ms), 3) AS average_ms,
       round(1000 * sum(operation.rows_given) / nullif(sum(operation.took_ms), 0)) AS rows_per_second,
       max(operation.began_at) AS last_at
FROM rollforward_data.batch_operation AS operation
GROUP BY operation.operation, operation.entity
UNION ALL
SELECT 'processing',
       call.scenario || ' ' || call.mode,
       count(*),
       count(*) FILTER (WHERE call.failed = 0),
       sum(call.fell_back)::bigint,
       sum(call.failed)::bigint,
       sum(call.movements_processed)::bigint,
       sum(call.snapshots_saved)::bigint,
       sum(call.took_ms),
       round(avg(call.took_ms), 3),
       round(1000 * sum(call.movements_processed) / nullif(sum(call.took_ms), 0)),
       max(call.called_at)
FROM rollforward_data.processing_call AS call
GROUP BY call.scenario, call.mode;

COMMENT ON VIEW rollforward.processing_metrics IS 'What has been done so far, and how long it took';
