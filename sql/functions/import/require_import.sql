-- Refuses an import that nobody has begun.
--
-- errors   22R01
CREATE OR REPLACE FUNCTION rollforward.require_import(import_session_id bigint)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM rollforward_data.import_session AS import
        WHERE import.import_session_id = require_import.import_session_id)
    THEN
        RAISE EXCEPTION 'no import %', coalesce(import_session_id::text, 'NULL')
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'import_session_id', 'value', import_session_id)),
                  HINT = 'View import_session lists them.';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.require_import IS 'Refuses an import that nobody has begun';
