-- The columns of the entities of the repository, and what tells whether a staged value can be stored: SQL about the row
-- "staged". All is read from the catalogue, since rules stand in tables and domains, and nowhere else.
--
-- is_required    the table has no place for NULL
-- is_numbered    a NULL is replaced by a number drawn from a sequence
-- default_text   what a NULL is replaced by when a row is inserted
-- fits           whether it can be cast; NULL where anything can be
-- fault          the code of a value that cannot, and what one would be that can
-- domain_rule    what its domain asks for, and how the domain calls it
CREATE OR REPLACE VIEW rollforward.batch_column AS
SELECT substr(model.relname, 1, length(model.relname) - 4) AS entity,
       stored.attrelid AS relation,
       stored.attnum,
       stored.attname AS name,
       format_type(stored.atttypid, stored.atttypmod) AS stored_type,
       stored.attnotnull AS is_required,
       stored.attidentity <> '' OR coalesce(expression.text ~ '^nextval\(', false) AS is_numbered,
       CASE WHEN expression.text !~ '^nextval\(' THEN expression.text END AS default_text,
       CASE WHEN type.typtype = 'e'
            THEN format('staged.%I = ANY (enum_range(NULL::%s)::text[])', stored.attname, stored.atttypid::regtype)
            WHEN number.precision > 0
            THEN format('abs(round(staged.%I, %s)) < 1e%s', stored.attname, number.scale, number.precision - number.scale)
       END AS fits,
       CASE WHEN type.typtype = 'e' THEN 'bad_enum' ELSE 'out_of_range' END AS fault,
       CASE WHEN type.typtype = 'e'
            THEN 'not one of ' || (SELECT string_agg(label.enumlabel, ', ' ORDER BY label.enumsortorder)
                                   FROM pg_catalog.pg_enum AS label
                                   WHERE label.enumtypid = type.oid)
            ELSE format('not a number with at most %s digits before the point', number.precision - number.scale)
       END AS reason,
       domain.rule AS domain_rule,
       domain.rule_name AS domain_rule_name
FROM pg_catalog.pg_class AS model
JOIN pg_catalog.pg_attribute AS stored
    ON stored.attrelid = to_regclass('rollforward_data.' || quote_ident(substr(model.relname, 1, length(model.relname) - 4)))
   AND stored.attnum > 0
   AND NOT stored.attisdropped
JOIN pg_catalog.pg_attribute AS staged
    ON staged.attrelid = model.oid
   AND staged.attname = stored.attname
JOIN pg_catalog.pg_type AS type
    ON type.oid = stored.atttypid
CROSS JOIN LATERAL (
    SELECT CASE WHEN type.typbasetype = 'numeric'::regtype THEN (type.typtypmod - 4) >> 16 END AS precision,
           (type.typtypmod - 4) & 65535 AS scale
) AS number
LEFT JOIN pg_catalog.pg_attrdef AS preset
    ON preset.adrelid = stored.attrelid
   AND preset.adnum = stored.attnum
CROSS JOIN LATERAL (SELECT pg_get_expr(preset.adbin, preset.adrelid) AS text) AS expression
CROSS JOIN LATERAL (
    SELECT string_agg(
               regexp_replace(substr(pg_get_constraintdef(rule.oid), length('CHECK ') + 1),
                              '\mVALUE\M', format('staged.%I', stored.attname), 'g'),
               ' AND ' ORDER BY rule.conname) AS rule,
           string_agg(replace(rule.conname, '_', ' '), ', ' ORDER BY rule.conname) AS rule_name
    FROM pg_catalog.pg_constraint AS rule
    WHERE rule.contypid = type.oid
) AS domain
WHERE model.relnamespace = 'rollforward'::regnamespace
  AND model.relkind = 'c'
  AND model.relname LIKE '%\_row';

COMMENT ON VIEW rollforward.batch_column IS
    'The columns of the entities of the repository, and what tells whether a staged value can be stored';
