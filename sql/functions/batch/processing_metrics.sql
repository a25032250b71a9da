-- What the operations of the repository have done so far, and how long it took.
--
-- attempts          calls that ended well; those that fail leave nothing
-- rows_written      of rows_given: inserted, updated or deleted; the others were so already, or skipped
CREATE OR REPLACE VIEW rollforward.processing_metrics AS
SELECT 'repository' AS scope,
       operation.operation || ' ' || operation.entity AS subject,
       count(*) AS attempts,
       sum(operation.rows_given)::bigint AS rows_given,
       sum(operation.rows_written)::bigint AS rows_written,
       sum(operation.took_ms) AS total_ms,
       round(avg(operation.took_ms), 3) AS average_ms,
       round(1000 * sum(operation.rows_given) / nullif(sum(operation.took_ms), 0)) AS rows_per_second,
       max(operation.began_at) AS last_at
FROM rollforward_data.batch_operation AS operation
GROUP BY operation.operation, operation.entity;

COMMENT ON VIEW rollforward.processing_metrics IS 'What the operations of the repository have done so far, and how long it took';
