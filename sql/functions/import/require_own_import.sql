-- Refuses an import that was begun by somebody else, for another account or another layout: who used it up would have that file
-- taken for saved.
--
-- errors   22R01
CREATE OR REPLACE FUNCTION rollforward.require_own_import(import_session_id bigint, layout text, account_number text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.require_import(import_session_id);
    IF NOT EXISTS (
        SELECT FROM rollforward_data.import_session AS import
        WHERE import.import_session_id = require_own_import.import_session_id
          AND import.layout = require_own_import.layout
          AND import.account_number = require_own_import.account_number
          AND import.requested_by = session_user)
    THEN
        RAISE EXCEPTION 'import % is of something else', import_session_id
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'import_session_id', 'value', import_session_id)),
                  HINT = 'Whoever has begun an import finishes it, with the layout and the account that it was begun with.';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.require_own_import IS 'Refuses an import that was begun by somebody else, or for something else';
