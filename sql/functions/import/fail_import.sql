-- Writes down why an import has failed; nothing of its file was saved. One that has saved its movements is left as it is.
--
-- error    sqlstate, message, detail, hint
-- errors   22R01 no such import, no error
CREATE OR REPLACE FUNCTION rollforward.fail_import(import_session_id bigint, error jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.given(error, 'error');
    -- whoever is at it may yet save it
    PERFORM rollforward.claim_import(import_session_id);
    UPDATE rollforward_data.import_session AS import
    SET error = fail_import.error,
        finished_at = clock_timestamp()
    WHERE import.import_session_id = fail_import.import_session_id
      AND import.saved_at IS NULL;
END
$$;

COMMENT ON FUNCTION rollforward.fail_import IS 'Writes down why an import has failed';
