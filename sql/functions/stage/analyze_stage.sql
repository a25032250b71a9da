-- Gives the planner statistics of a stage table when its size is far from what they say.
--
-- Statistics throw cached plans away, so a few rows more or less keep them: a plan for a handful of rows is as good
-- as any for a handful of rows.
CREATE OR REPLACE FUNCTION rollforward.analyze_stage(stage regclass, row_count bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET default_statistics_target = 20  -- how many there are matters, hardly how they are spread
AS $$
DECLARE
    known real;
BEGIN
    SELECT reltuples INTO known FROM pg_class WHERE pg_class.oid = stage;
    IF greatest(known, row_count) > 10 * greatest(least(known, row_count), 50) THEN
        EXECUTE format('ANALYZE %s', stage);
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.analyze_stage IS 'Analyzes a stage table whose size is far from what its statistics say';
