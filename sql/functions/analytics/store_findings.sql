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
    same_key text;
    same_content text;
    key text;
    is_known boolean;
    rows_saved bigint;
BEGIN
    SELECT string_agg(format('staged.%1$I = stored.%1$I', attribute.attname), ' AND ' ORDER BY attribute.attnum),
           string_agg(quote_ident(attribute.attname), ', ' ORDER BY attribute.attnum)
    INTO same_key, key
    FROM pg_index
    JOIN pg_attribute AS attribute
        ON attribute.attrelid = pg_index.indrelid
       AND attribute.attnum = ANY (pg_index.indkey)
    WHERE pg_index.indrelid = target::regclass
      AND pg_index.indisprimary;

    SELECT string_agg(
               CASE WHEN atttypid = 'rollforward_data.statistic'::regtype
                    THEN format('(staged.%1$I IS NOT DISTINCT FROM stored.%1$I'
                                ' OR abs(staged.%1$I - stored.%1$I) <= 1e-10 * greatest(0.01, abs(stored.%1$I)))', attname)
                    ELSE format('staged.%1$I IS NOT DISTINCT FROM stored.%1$I', attname)
               END, ' AND ' ORDER BY attnum)
    INTO same_content
    FROM pg_attribute
    WHERE attrelid = target::regclass
      AND attnum > 0
      AND NOT attisdropped
      AND attname <> ALL (SELECT unnest(string_to_array(key, ', ')));

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
    -- most days are new: nothing is stored of them, and nothing needs to be compared
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM %2$s AS scope CROSS JOIN LATERAL (SELECT FROM %1$s AS stored WHERE %3$s LIMIT 1) AS known)',
        target,
        CASE WHEN is_shared THEN format('(SELECT DISTINCT calculation_date FROM %s)', staged_findings) ELSE 'pg_temp.analysis_scope' END,
        CASE WHEN is_shared THEN 'stored.calculation_date = scope.calculation_date'
             ELSE 'stored.account_id = scope.account_id AND stored.calculation_date = scope.calculation_date'
        END)
    INTO is_known;
    IF is_known THEN
        EXECUTE format(
            'DELETE FROM %1$s AS stored'
            ' USING %4$s AS staged_scope'
            ' WHERE %5$s'
            '   AND NOT EXISTS (SELECT FROM %2$s AS staged WHERE %3$s AND %6$s)',
            target, stage, same_key,
            CASE WHEN is_shared THEN staged_findings ELSE 'pg_temp.analysis_scope' END,
            CASE WHEN is_shared THEN replace(same_key, 'staged.', 'staged_scope.')
                 ELSE 'stored.account_id = staged_scope.account_id AND stored.calculation_date = staged_scope.calculation_date'
            END,
            same_content);
    END IF;
    EXECUTE format(
        'INSERT INTO %1$s SELECT staged.* FROM %2$s AS staged'
        ' WHERE %3$s'
        ' ORDER BY %4$s'
        ' ON CONFLICT DO NOTHING',  -- another session finds the same about the same instrument
        target, stage,
        CASE WHEN is_known THEN format('NOT EXISTS (SELECT FROM %1$s AS stored WHERE %2$s)', target, same_key) ELSE 'true' END,
        key);
    GET DIAGNOSTICS rows_saved = ROW_COUNT;
    PERFORM rollforward.refresh_statistics();
    RETURN rows_saved;
END
$$;

COMMENT ON FUNCTION rollforward.store_findings IS 'Makes the stored findings equal to the staged ones, writing only what differs';
