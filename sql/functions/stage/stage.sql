-- The stages of a calculation, and the relation whose columns each of them has.
--
-- A stage is a temporary table on which a step hands over to those behind it: stage_event, of the columns of staged_event.
-- Rows that are to be stored have the columns of the table that will store them.
CREATE OR REPLACE VIEW rollforward.stage AS
SELECT 'stage_' || substr(type.relname, length('staged_') + 1) AS stage,
       type.oid AS model,
       type.relnatts::text AS version  -- a deploy makes a type anew when anything about it has changed
FROM pg_catalog.pg_class AS type
WHERE type.relnamespace = 'rollforward'::regnamespace
  AND type.relkind = 'c'
  AND type.relname LIKE 'staged\_%'
UNION ALL
SELECT 'stage_' || stored.relname, stored.oid,
       (SELECT string_agg(format_type(attribute.atttypid, attribute.atttypmod), ',' ORDER BY attribute.attnum)
        FROM pg_catalog.pg_attribute AS attribute
        WHERE attribute.attrelid = stored.oid
          AND attribute.attnum > 0
          AND NOT attribute.attisdropped)
FROM pg_catalog.pg_class AS stored
WHERE stored.oid IN (
    'rollforward_data.position_snapshot'::regclass,
    'rollforward_data.account_snapshot'::regclass,
    'rollforward_data.equity_snapshot'::regclass);

COMMENT ON VIEW rollforward.stage IS 'The stages of a calculation, and the relation whose columns each of them has';
