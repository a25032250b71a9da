-- What an import has saved; no row when it has not.
CREATE OR REPLACE FUNCTION rollforward.import_outcome(import_session_id bigint)
RETURNS SETOF rollforward.import_result
LANGUAGE sql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT import.account_id, import.account_created, import.rows_read, import.saved, import.already_known,
           import.first_date, import.last_date
    FROM rollforward_data.import_session AS import
    WHERE import.import_session_id = import_outcome.import_session_id
      AND import.saved_at IS NOT NULL;
END;

COMMENT ON FUNCTION rollforward.import_outcome IS 'What an import has saved; no row when it has not';
