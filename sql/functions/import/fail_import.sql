-- Writes down why an import has failed; nothing of its file was saved. One that has saved its movements is left as it is.
--
-- error   sqlstate, message, detail, hint
CREATE OR REPLACE FUNCTION rollforward.fail_import(import_session_id bigint, error jsonb)
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE rollforward_data.import_session AS import
    SET error = fail_import.error,
        finished_at = clock_timestamp()
    WHERE import.import_session_id = fail_import.import_session_id
      AND import.saved_at IS NULL;
END;

COMMENT ON FUNCTION rollforward.fail_import IS 'Writes down why an import has failed';
