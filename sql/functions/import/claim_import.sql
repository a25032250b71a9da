-- Shows others that this transaction is at an import; waits for whoever else is.
--
-- returns   false when its movements are saved already: there is nothing left to stage
-- errors    22R01 no such import
-- locks     an advisory lock, until the transaction ends
CREATE OR REPLACE FUNCTION rollforward.claim_import(import_session_id bigint)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.require_import(import_session_id);
    PERFORM pg_advisory_xact_lock(rollforward.import_lock_class(), (import_session_id % 2147483647)::integer);
    RETURN NOT EXISTS (SELECT FROM rollforward.import_outcome(import_session_id));
END
$$;

COMMENT ON FUNCTION rollforward.claim_import IS 'Shows others that this transaction is at an import; waits for whoever else is';
