-- Makes one stage: a temporary table with the columns of its model, empty at the end of every transaction.
--
-- A table that may hold long values has a second one and an index for them, and all three would be emptied at every commit,
-- used or not. Numbers, codes and names are short: their columns are declared to need none. Nothing is
-- looked up by an amount: the planner need not know how they are spread.
CREATE OR REPLACE FUNCTION rollforward.make_stage(stage text, model oid)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changes text;
BEGIN
    SELECT string_agg(
               format('ADD COLUMN %I %s', attname, format_type(atttypid, atttypmod))
                   || CASE WHEN attcollation <> typcollation THEN ' COLLATE ' || attcollation::regcollation ELSE '' END
                   || CASE WHEN typcategory <> 'A' AND attcollation IN (0, '"C"'::regcollation)
                           THEN format(', ALTER COLUMN %I SET STORAGE PLAIN', attname)
                           ELSE ''
                      END
                   || CASE WHEN 'numeric'::regtype IN (atttypid, typbasetype)
                           THEN format(', ALTER COLUMN %I SET STATISTICS 0', attname)
                           ELSE ''
                      END,
               ', ' ORDER BY attnum)
    INTO changes
    FROM pg_attribute
    JOIN pg_type ON pg_type.oid = atttypid
    WHERE attrelid = make_stage.model
      AND attnum > 0
      AND NOT attisdropped;

    EXECUTE format('CREATE TEMP TABLE %I () ON COMMIT DELETE ROWS', stage);
    EXECUTE format('ALTER TABLE pg_temp.%I %s', stage, changes);
END
$$;

COMMENT ON FUNCTION rollforward.make_stage IS 'Makes one stage: a temporary table with the columns of its model';
