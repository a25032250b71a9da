-- Makes the stored findings equal to the staged ones, writing only what differs: from finding_X to X.
--
-- A statistic that differs behind its tenth digit or twelfth decimal is the same: in another plan, sums have another order.
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
    stage text;
    key text;
    stored_key text;
    content text;
    same_content text;
    leftovers text := '';
    rows_saved bigint;
BEGIN
    SELECT string_agg(quote_ident(attribute.attname), ', ' ORDER BY attribute.attnum),
           string_agg(format('stored.%I', attribute.attname), ', ' ORDER BY attribute.attnum)
    INTO key, stored_key
    FROM pg_index
    JOIN pg_attribute AS attribute
        ON attribute.attrelid = pg_index.indrelid
       AND attribute.attnum = ANY (pg_index.indkey)
    WHERE pg_index.indrelid = target::regclass
      AND pg_index.indisprimary;

    SELECT string_agg(format('%1$I = excluded.%1$I', attname), ', ' ORDER BY attnum),
           string_agg(
               CASE WHEN atttypid = 'rollforward_data.statistic'::regtype
                    THEN format('(excluded.%1$I IS NOT DISTINCT FROM stored.%1$I'
                                ' OR abs(excluded.%1$I - stored.%1$I) <= 1e-10 * greatest(0.01, abs(stored.%1$I)))', attname)
                    ELSE format('excluded.%1$I IS NOT DISTINCT FROM stored.%1$I', attname)
               END, ' AND ' ORDER BY attnum)
    INTO content, same_content
    FROM pg_attribute
    WHERE attrelid = target::regclass
      AND attnum > 0
      AND NOT attisdropped
      AND attname <> ALL (string_to_array(key, ', '));

    SELECT format('(SELECT %s FROM %s)',
                  string_agg(CASE WHEN atttypid = 'rollforward_data.statistic'::regtype
                                  THEN format('rollforward.settled(%1$I)::rollforward_data.statistic AS %1$I', attname)
                                  ELSE quote_ident(attname)
                             END, ', ' ORDER BY attnum),
                  staged_findings)
    INTO stage
    FROM pg_attribute
    WHERE attrelid = target::regclass
      AND attnum > 0
      AND NOT attisdropped;

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
        '%1$sINSERT INTO %2$s AS stored SELECT staged.* FROM %3$s AS staged'
        ' ORDER BY %4$s'  -- as everybody does who finds something about the same instruments
        ' ON CONFLICT (%4$s) DO UPDATE SET %5$s'
        ' WHERE NOT (%6$s)',
        leftovers, target, stage, key, content, coalesce(same_content, 'true'));
    GET DIAGNOSTICS rows_saved = ROW_COUNT;
    PERFORM rollforward.refresh_statistics();
    RETURN rows_saved;
END
$$;

COMMENT ON FUNCTION rollforward.store_findings IS 'Makes the stored findings equal to the staged ones, writing only what differs';
