-- Refuses the number of a run that does not exist.
--
-- errors   22R01 naming it
CREATE OR REPLACE FUNCTION rollforward.require_run(run_id bigint)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF run_id IS NULL OR NOT EXISTS (
        SELECT FROM rollforward_data.run AS known WHERE known.run_id = require_run.run_id)
    THEN
        RAISE EXCEPTION 'unknown run: %', coalesce(run_id::text, 'NULL')
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'run_id', 'value', run_id)),
                  HINT = 'The view rollforward.run lists the runs.';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.require_run IS 'Refuses the number of a run that does not exist';
