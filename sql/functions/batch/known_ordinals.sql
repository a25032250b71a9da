-- Which staged rows are stored already, or were deleted and are not to come again.
--
-- A row with a primary key is known by that, another one by any other key.
CREATE OR REPLACE FUNCTION rollforward.known_ordinals(entity text)
RETURNS SETOF integer
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    same_key text;
BEGIN
    FOR same_key IN
        SELECT format('rollforward_data.%I AS stored WHERE ', entity)
                   || string_agg(format('stored.%1$I = staged.%1$I', col.attname), ' AND ')
                   || CASE WHEN key.contype = 'u'
                           THEN (SELECT format(' AND (%s)', string_agg(format('staged.%I IS NULL', part.attname), ' OR '))
                                 FROM pg_constraint AS main
                                 JOIN pg_attribute AS part ON part.attrelid = main.conrelid AND part.attnum = ANY (main.conkey)
                                 WHERE main.conrelid = key.conrelid AND main.contype = 'p')
                           ELSE '' END
        FROM pg_constraint AS key
        JOIN pg_attribute AS col ON col.attrelid = key.conrelid AND col.attnum = ANY (key.conkey)
        WHERE key.conrelid = to_regclass('rollforward_data.' || quote_ident(entity))
          AND key.contype IN ('p', 'u')
        GROUP BY key.oid, key.conrelid, key.contype
        UNION ALL
        SELECT format('rollforward_data.%I AS gone WHERE ', gone.relname)
                   || string_agg(format('gone.%1$I = staged.%1$I', col.attname), ' AND ')
        FROM pg_class AS gone
        JOIN pg_constraint AS key ON key.conrelid = gone.oid AND key.contype = 'p'
        JOIN pg_attribute AS col ON col.attrelid = gone.oid AND col.attnum = ANY (key.conkey)
        WHERE gone.oid = to_regclass('rollforward_data.' || quote_ident('deleted_' || entity))
        GROUP BY gone.relname
    LOOP
        RETURN QUERY EXECUTE format(
            'SELECT staged.ordinal FROM pg_temp.%I AS staged WHERE EXISTS (SELECT FROM %s)', 'batch_' || entity, same_key);
    END LOOP;
END
$$;

COMMENT ON FUNCTION rollforward.known_ordinals IS 'Which staged rows are stored already, by any of their keys';
