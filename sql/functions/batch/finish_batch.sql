-- Records that an operation of the repository is done.
--
-- result   what it returned, where it has an idempotency key: an array of its rows
CREATE OR REPLACE FUNCTION rollforward.finish_batch(
    entity text,
    operation text,
    began timestamptz,
    rows_given bigint,
    rows_written bigint,
    idempotency_key text,
    result jsonb
)
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    INSERT INTO rollforward_data.batch_operation (
        entity, operation, began_at, took_ms, rows_given, rows_written, idempotency_key, result)
    SELECT entity, operation, began, extract(epoch FROM clock_timestamp() - began) * 1000, rows_given, rows_written,
           idempotency_key, result
    WHERE rows_given > 0
       OR idempotency_key IS NOT NULL
    ON CONFLICT ON CONSTRAINT batch_operation_idempotency_key DO NOTHING;  -- a snapshot that is too old to see it says so
END;

COMMENT ON FUNCTION rollforward.finish_batch IS 'Records that an operation of the repository is done';
