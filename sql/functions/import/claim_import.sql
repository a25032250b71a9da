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
#variable_conflict use_column
DECLARE
    is_saved boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(
        rollforward.import_lock_class(), (claim_import.import_session_id % 2147483647)::integer);
    SELECT import.saved_at IS NOT NULL INTO is_saved
    FROM rollforward_data.import_session AS import
    WHERE import.import_session_id = claim_import.import_session_id;
    IF is_saved IS NULL THEN
        RAISE EXCEPTION 'no import %', coalesce(claim_import.import_session_id::text, 'NULL')
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object(
                      'argument', 'import_session_id', 'value', claim_import.import_session_id)),
                  HINT = 'View import_session lists them.';
    END IF;
    RETURN NOT is_saved;
END
$$;

COMMENT ON FUNCTION rollforward.claim_import IS 'Shows others that this transaction is at an import; waits for whoever else is';
