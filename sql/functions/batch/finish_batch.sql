-- Records that an operation of the repository is done.
--
-- statuses   what has become of each row it was given
-- result     what it returned, where it has an idempotency key
CREATE OR REPLACE FUNCTION rollforward.finish_batch(
    entity text,
    operation text,
    began timestamptz,
    statuses text[],
    idempotency_key text,
    result jsonb
)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    INSERT INTO rollforward_data.batch_operation (
        entity, operation, began_at, took_ms, rows_given, rows_written, idempotency_key, result)
    SELECT entity, operation, began, extract(epoch FROM clock_timestamp() - began) * 1000,
           count(*), count(*) FILTER (WHERE status IN ('inserted', 'updated', 'deleted')), idempotency_key, result
    FROM unnest(statuses) AS status
    HAVING count(*) > 0
        OR idempotency_key IS NOT NULL
    ON CONFLICT ON CONSTRAINT batch_operation_idempotency_key DO NOTHING;  -- a snapshot that is too old to see it says so
END
$$;

COMMENT ON FUNCTION rollforward.finish_batch IS 'Records that an operation of the repository is done';
