-- What is wrong with the keys of staged rows: those that stand twice in the batch, and those that are taken.
--
-- on_conflict   of a save. error: a key that is known is an offence; else, and in an update, it calls the row that is meant,
--               and another one must not have another of its keys
CREATE OR REPLACE FUNCTION rollforward.key_offences(entity text, operation text, on_conflict text)
RETURNS SETOF rollforward.batch_offence
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    calls_known CONSTANT boolean := operation = 'update' OR on_conflict <> 'error';
    unique_key record;
    primary_key text[];
BEGIN
    FOR unique_key IN
        SELECT key.contype = 'p' AS is_primary,
               array_agg(col.attname::text ORDER BY place.no) AS columns,
               string_agg(format('staged.%I', col.attname), ', ' ORDER BY place.no) AS staged_values,
               string_agg(format('staged.%I IS NOT NULL', col.attname), ' AND ' ORDER BY place.no) AS is_given,
               string_agg(format('stored.%1$I = staged.%1$I', col.attname), ' AND ' ORDER BY place.no) AS is_same
        FROM pg_constraint AS key
        CROSS JOIN LATERAL unnest(key.conkey) WITH ORDINALITY AS place (attnum, no)
        JOIN pg_attribute AS col ON col.attrelid = key.conrelid AND col.attnum = place.attnum
        WHERE key.conrelid = to_regclass('rollforward_data.' || quote_ident(entity))
          AND key.contype IN ('p', 'u')
        GROUP BY key.oid, key.contype
        ORDER BY key.contype <> 'p', key.oid
    LOOP
        IF unique_key.is_primary THEN
            primary_key := unique_key.columns;
        END IF;
        RETURN QUERY EXECUTE format(
            $sql$
            SELECT again.ordinal, 'duplicate_in_batch', %1$L, again.value, format('the same as row %%s', again.first_ordinal)
            FROM (SELECT staged.ordinal, concat_ws(', ', %2$s) AS value,
                         min(staged.ordinal) OVER (PARTITION BY %2$s) AS first_ordinal,
                         min(staged.ordinal) OVER (PARTITION BY %5$s) AS first_of_row, (%5$s) IS NOT NULL AS has_key
                  FROM pg_temp.%3$I AS staged
                  WHERE %4$s) AS again
            WHERE again.ordinal > again.first_ordinal
              AND (%6$L OR NOT again.has_key OR again.first_of_row = again.ordinal)  -- else it was said of the first key
            $sql$,
            array_to_string(unique_key.columns, ', '), unique_key.staged_values, 'batch_' || entity, unique_key.is_given,
            (SELECT string_agg(format('staged.%I', name), ', ') FROM unnest(primary_key) AS name), unique_key.is_primary);

        CONTINUE WHEN operation = 'delete' OR (calls_known AND unique_key.is_primary);
        RETURN QUERY EXECUTE format(
            $sql$
            SELECT staged.ordinal, 'already_exists', %1$L, concat_ws(', ', %2$s), 'there is one already'
            FROM pg_temp.%3$I AS staged
            WHERE EXISTS (SELECT FROM rollforward_data.%4$I AS stored WHERE %5$s AND %6$s)
            $sql$,
            array_to_string(unique_key.columns, ', '), unique_key.staged_values, 'batch_' || entity, entity, unique_key.is_same,
            CASE WHEN calls_known
                 THEN (SELECT format('(%s) <> (%s)', string_agg(format('stored.%I', name), ', '),
                                     string_agg(format('staged.%I', name), ', '))
                       FROM unnest(primary_key) AS name)
                 ELSE 'true'
            END);
    END LOOP;
END
$$;

COMMENT ON FUNCTION rollforward.key_offences IS
    'What is wrong with the keys of staged rows: those that stand twice in the batch, and those that are taken';
