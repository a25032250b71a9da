-- Gives the planner statistics of a stage table, where there are enough rows for them to matter.
--
-- Statistics throw cached plans away, and a plan for a handful of rows is as good as any for a handful of rows.
CREATE OR REPLACE FUNCTION rollforward.analyze_stage(stage regclass, row_count bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF row_count >= 500 THEN
        EXECUTE format('ANALYZE %s', stage);
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.analyze_stage IS 'Analyzes a stage table that has enough rows for it to matter';
