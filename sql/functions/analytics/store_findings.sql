-- Makes the stored findings equal to the staged ones, writing only what differs: from finding_X to X.
--
-- In floating point a sum depends on the order of its terms, which is up to the plan. So statistics are stored settled, and one that
-- comes out on the other side of the edge between two settled figures is the same as the one that is stored.
--
-- findings    name of the table
-- is_shared   findings are about instruments: those that are not staged stay. Else they are about accounts, and those of the
--             accounts and days in analysis_scope that are not staged are removed
-- returns     rows written
-- relies on   the primary key of the table
CREATE OR REPLACE FUNCTION rollforward.store_findings(findings text, is_shared boolean)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    target CONSTANT text := format('rollforward_data.%I', findings);
    staged_findings CONSTANT text := format('pg_temp.%I', 'finding_' || findings);
    key text;
    stored_key text;
    settled_columns text;
    content text;
    sameness text;
    leftovers text := '';
    rows_saved bigint;
BEGIN
    SELECT string_agg(listed.name, ', ' ORDER BY attribute.attnum) FILTER (WHERE listed.is_key),
           string_agg('stored.' || listed.name, ', ' ORDER BY attribute.attnum) FILTER (WHERE listed.is_key),
           string_agg(CASE WHEN attribute.atttypid = 'rollforward_data.statistic'::regtype
                           THEN format('rollforward.settled(%1$s)::rollforward_data.statistic AS %1$s', listed.name)
                           ELSE listed.name
                      END, ', ' ORDER BY attribute.attnum),
           string_agg(format('%1$s = excluded.%1$s', listed.name), ', ' ORDER BY attribute.attnum) FILTER (WHERE NOT listed.is_key),
           string_agg(format('(stored.%1$s IS NOT DISTINCT FROM excluded.%1$s', listed.name)
                      || CASE WHEN attribute.atttypid = 'rollforward_data.statistic'::regtype
                              THEN format(' OR abs(stored.%1$s - excluded.%1$s) <= 1e-10 * greatest(0.01, abs(stored.%1$s))', listed.name)
                              ELSE ''
                         END || ')', ' AND ' ORDER BY attribute.attnum) FILTER (WHERE NOT listed.is_key)
    INTO key, stored_key, settled_columns, content, sameness
    FROM pg_attribute AS attribute
    JOIN pg_index
        ON pg_index.indrelid = attribute.attrelid
       AND pg_index.indisprimary
    CROSS JOIN LATERAL (
        SELECT quote_ident(attribute.attname) AS name, attribute.attnum = ANY (pg_index.indkey) AS is_key
    ) AS listed
    WHERE attribute.attrelid = target::regclass
      AND attribute.attnum > 0
      AND NOT attribute.attisdropped;

    EXECUTE format('ANALYZE %s', staged_findings);
    IF NOT is_shared THEN
        leftovers := format(
            'WITH removed AS ('
            'DELETE FROM %1$s AS stored'
            ' USING pg_temp.analysis_scope AS scope'
            ' WHERE stored.account_id = scope.account_id'
            '   AND stored.calculation_date = scope.calculation_date'
            '   AND (%3$s) NOT IN (SELECT %4$s FROM %2$s)) ',  -- which is hashed, however few of them the planner expects
            target, staged_findings, stored_key, key);
    END IF;
    EXECUTE format(
        '%1$sINSERT INTO %2$s AS stored SELECT %3$s FROM %4$s AS staged'
        ' ORDER BY %5$s'  -- as everybody does who finds something about the same instruments
        ' ON CONFLICT (%5$s) DO UPDATE SET %6$s'
        ' WHERE (%7$s) IS NOT TRUE',  -- nor is it where one of the two is NULL
        leftovers, target, settled_columns, staged_findings, key, content, sameness);
    GET DIAGNOSTICS rows_saved = ROW_COUNT;
    PERFORM rollforward.refresh_statistics();
    RETURN rows_saved;
END
$$;

COMMENT ON FUNCTION rollforward.store_findings IS 'Makes the stored findings equal to the staged ones, writing only what differs';
