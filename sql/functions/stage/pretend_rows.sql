-- Gives a stage the statistics of a small call, and leaves it empty: one or two accounts, some twenty rows of most things, and
-- one for each day of the year of what comes by the day.
--
-- What the planner would assume of one that never had any is wrong either way: that it is large, or that nothing in it
-- ever joins.
CREATE OR REPLACE FUNCTION rollforward.pretend_rows(stage text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    columns text;
    typical text;
    row_count CONSTANT integer := CASE WHEN stage IN ('stage_scope', 'stage_valuation') THEN 2
                                       WHEN stage = 'stage_day' OR stage LIKE '%snapshot' THEN 300
                                       ELSE 20
                                  END;
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
           string_agg(CASE WHEN attname = 'level' THEN '0'
                           WHEN attname IN ('is_trading', 'is_quoted') THEN 'true'
                           WHEN typcategory = 'B' THEN 'false'
                           WHEN typcategory = 'D' THEN $q$date '2025-01-01' + row_no$q$
                           WHEN typcategory = 'S' THEN $q$'USD'$q$
                           -- ids far and wide: else the tables would seem to be read as far as the twentieth account at most
                           WHEN atttypid = 'bigint'::regtype THEN format('row_no * (9223372036854775807 / %s)', row_count)
                           ELSE 'row_no'
                      END, ', ' ORDER BY attnum)
    INTO columns, typical
    FROM pg_attribute
    JOIN pg_type ON pg_type.oid = atttypid
    WHERE attrelid = ('pg_temp.' || quote_ident(stage))::regclass
      AND attnum > 0
      AND typcategory IN ('N', 'D', 'B', 'S')
      AND attname <> 'lot_ref';

    EXECUTE format('INSERT INTO pg_temp.%I (%s) SELECT %s FROM generate_series(1, %s) AS row_no',
                   stage, columns, typical, row_count);
    EXECUTE format('ANALYZE pg_temp.%I', stage);
    EXECUTE format('DELETE FROM pg_temp.%I', stage);
END
$$;

COMMENT ON FUNCTION rollforward.pretend_rows IS 'Gives a stage table the statistics of a table with a few rows';
