-- What is wrong with the values of staged rows, each by itself and together: NULLs, casts, rules of domains, CHECKs of the
-- table. Rules are those of the catalogue.
--
-- A CHECK is not asked about a row in which one of its columns is wrong already.
--
-- operation   save: NULLs become defaults; update: they stay what they are
CREATE OR REPLACE FUNCTION rollforward.value_offences(entity text, operation text)
RETURNS SETOF rollforward.batch_offence
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    faults text;
    casts text;
    checks text;
BEGIN
    SELECT string_agg(
               format('coalesce(CASE WHEN %s THEN staged.%I::%s END, %s) AS %I',
                      concat_ws(' AND ', 'true', col.fits, col.domain_rule), col.name, col.stored_type,
                      CASE WHEN operation = 'save' THEN coalesce(col.default_text, 'NULL') ELSE 'NULL' END, col.name),
               ', ' ORDER BY col.attnum)
    INTO casts
    FROM rollforward.batch_column AS col
    WHERE col.entity = value_offences.entity;

    SELECT string_agg(
               format('(%L, %L, staged.%I::text, %L, %s)', fault.code, col.name, col.name, fault.message, fault.is_so),
               ', ' ORDER BY col.attnum)
    INTO faults
    FROM rollforward.batch_column AS col
    CROSS JOIN LATERAL (VALUES
        (CASE WHEN EXISTS (SELECT FROM pg_constraint AS key
                           WHERE key.conrelid = col.relation AND key.contype = 'p' AND col.attnum = ANY (key.conkey))
              THEN 'null_id' ELSE 'missing' END,
         'must not be NULL',
         col.is_required AND NOT (operation = 'save' AND (col.is_numbered OR col.default_text IS NOT NULL)),
         format('staged.%I IS NULL', col.name)),
        (col.fault, col.reason, col.fits IS NOT NULL, format('NOT (%s)', col.fits)),
        ('check_failed', col.domain_rule_name, col.domain_rule IS NOT NULL,
         format('CASE WHEN %s THEN NOT (%s) END', coalesce(col.fits, 'true'), col.domain_rule))
    ) AS fault (code, message, can_be, is_so)
    WHERE col.entity = value_offences.entity
      AND fault.can_be;

    SELECT string_agg(
               format('(%L, %L, %L::text[], concat_ws('', '', %s), %L, NOT (%s))',
                      CASE WHEN rule.conname LIKE '%too\_long' THEN 'too_long' ELSE 'check_failed' END,
                      array_to_string(named.columns, ', '), named.columns,
                      (SELECT string_agg(format('typed.%I', name), ', ') FROM unnest(named.columns) AS name),
                      replace(rule.conname, '_', ' '),
                      pg_get_expr(rule.conbin, rule.conrelid)),
               ', ' ORDER BY rule.conname)
    INTO checks
    FROM pg_constraint AS rule
    CROSS JOIN LATERAL (
        SELECT array_agg(col.name ORDER BY col.attnum) AS columns
        FROM rollforward.batch_column AS col
        WHERE col.relation = rule.conrelid
          AND col.attnum = ANY (rule.conkey)
    ) AS named
    WHERE rule.conrelid = to_regclass('rollforward_data.' || quote_ident(entity))
      AND rule.contype = 'c'
      AND cardinality(named.columns) = cardinality(rule.conkey);

    RETURN QUERY EXECUTE format(
        $sql$
        WITH fault AS (
            SELECT staged.ordinal, rule.code, rule.field, rule.value, rule.message
            FROM pg_temp.%I AS staged
            CROSS JOIN LATERAL (VALUES %s) AS rule (code, field, value, message, is_so)
            WHERE rule.is_so
        )
        SELECT * FROM fault
        UNION ALL
        SELECT typed.ordinal, rule.code, rule.field, rule.value, rule.message
        FROM (SELECT staged.ordinal, %s FROM pg_temp.%I AS staged) AS typed
        CROSS JOIN LATERAL (VALUES %s) AS rule (code, field, fields, value, message, is_so)
        WHERE rule.is_so
          AND NOT EXISTS (
              SELECT FROM fault
              WHERE fault.ordinal = typed.ordinal
                AND fault.field = ANY (rule.fields))
        $sql$,
        'batch_' || entity, faults, casts, 'batch_' || entity,
        coalesce(checks, $none$('', '', '{}'::text[], '', '', false)$none$));
END
$$;

COMMENT ON FUNCTION rollforward.value_offences IS 'What is wrong with the values of staged rows, each by itself and together';
