-- Begins the run that computes what an import has changed; its number, NULL when nothing is stale.
--
-- errors   22R01 no such import, or none that has saved its movements
CREATE OR REPLACE FUNCTION rollforward.start_import_run(import_session_id bigint)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    imported bigint;
    started bigint;
BEGIN
    PERFORM rollforward.require_import(import_session_id);
    SELECT import.account_id INTO imported
    FROM rollforward_data.import_session AS import
    WHERE import.import_session_id = start_import_run.import_session_id
      AND import.saved_at IS NOT NULL;
    IF imported IS NULL THEN
        RAISE EXCEPTION 'import % has saved nothing', import_session_id
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'import_session_id', 'value', import_session_id)),
                  HINT = 'View import_session says how far it has come.';
    END IF;

    IF EXISTS (SELECT FROM rollforward.stale_account AS stale WHERE stale.account_id = imported) THEN
        started := rollforward.start_run(
            ARRAY[imported], 'infinity', 'infinity', scenario => 'import', only_stale => true);
    END IF;
    UPDATE rollforward_data.import_session AS import
    SET run_id = coalesce(started, import.run_id),
        finished_at = CASE WHEN started IS NULL AND import.run_id IS NULL THEN clock_timestamp() END
    WHERE import.import_session_id = start_import_run.import_session_id;
    RETURN started;
END
$$;

COMMENT ON FUNCTION rollforward.start_import_run IS 'Begins the run that computes what an import has changed';
