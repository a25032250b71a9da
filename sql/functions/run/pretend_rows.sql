-- Gives a stage table the statistics of a table with a few rows, or the days of a year, and leaves it empty.
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
BEGIN
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
           string_agg(CASE WHEN attname = 'level' THEN '0'
                           WHEN atttypid = 'date'::regtype THEN $q$date '2025-01-01' + row_no$q$
                           WHEN attname IN ('is_trading', 'is_quoted') THEN 'true'
                           WHEN atttypid = 'boolean'::regtype THEN 'false'
                           ELSE 'row_no'
                      END, ', ' ORDER BY attnum)
    INTO columns, typical
    FROM pg_attribute
    WHERE attrelid = ('pg_temp.' || quote_ident(stage))::regclass
      AND attnum > 0
      AND atttypid IN ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype, 'numeric'::regtype, 'date'::regtype,
                       'boolean'::regtype);

    IF stage NOT LIKE '%snapshot' THEN
        EXECUTE format('INSERT INTO pg_temp.%I (%s) SELECT %s FROM generate_series(1, %s) AS row_no',
                       stage, columns, typical, CASE stage WHEN 'stage_day' THEN 300 ELSE 20 END);
    END IF;
    EXECUTE format('ANALYZE pg_temp.%I', stage);
    EXECUTE format('DELETE FROM pg_temp.%I', stage);
END
$$;

COMMENT ON FUNCTION rollforward.pretend_rows IS 'Gives a stage table the statistics of a table with a few rows';
