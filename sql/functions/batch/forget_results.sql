-- Forgets what calls with idempotency keys returned. A call with one of those keys is then done again.
--
-- Who never calls this keeps them all: some 10 bytes for each row given, and the driver has a key for each of its calls.
--
-- before     calls that began earlier
-- returns    how many results were forgotten
-- errors     22R01 before is NULL
CREATE OR REPLACE FUNCTION rollforward.forget_results(before timestamptz)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    forgotten bigint;
BEGIN
    UPDATE rollforward_data.batch_operation
    SET idempotency_key = NULL, result = NULL
    WHERE idempotency_key IS NOT NULL
      AND began_at < rollforward.given(before, 'before');
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END
$$;

COMMENT ON FUNCTION rollforward.forget_results IS 'Forgets what calls with idempotency keys returned';
