-- Gives the planner statistics of a stage table when its size is far from what they say.
--
-- Statistics throw cached plans away, so a few rows more or less keep them: a plan for a handful of rows is as good
-- as any for a handful of rows.
CREATE OR REPLACE FUNCTION rollforward.analyze_stage(stage regclass, row_count bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    known real;
BEGIN
    SELECT reltuples INTO known FROM pg_class WHERE pg_class.oid = stage;
    IF greatest(known, row_count) > 10 * greatest(least(known, row_count), 50) THEN
        -- nothing is looked up by an amount
        EXECUTE (
            SELECT format('ANALYZE %s (%s)', stage, string_agg(quote_ident(attname), ', '))
            FROM pg_attribute
            JOIN pg_type ON pg_type.oid = atttypid
            WHERE attrelid = stage
              AND attnum > 0
              AND 'numeric'::regtype NOT IN (pg_type.oid, pg_type.typbasetype));
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.analyze_stage IS 'Analyzes a stage table whose size is far from what its statistics say';
