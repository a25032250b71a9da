-- What staged rows refer to and is not there: neither stored nor, where rows refer to others of their kind, in the batch; and
-- rows that would lead to themselves, or up further than the table allows.
--
-- skipped   ordinals of rows that will not be written: what is stored stands in their place
CREATE OR REPLACE FUNCTION rollforward.reference_offences(entity text, skipped integer[] DEFAULT '{}')
RETURNS SETOF rollforward.batch_offence
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reference record;
BEGIN
    FOR reference IN
        SELECT referring.attname AS field, referred.attname AS key, foreign_key.confrelid::regclass AS parents,
               foreign_key.confrelid = foreign_key.conrelid AS is_own
        FROM pg_constraint AS foreign_key
        JOIN pg_attribute AS referring
            ON referring.attrelid = foreign_key.conrelid AND referring.attnum = foreign_key.conkey[1]
        JOIN pg_attribute AS referred
            ON referred.attrelid = foreign_key.confrelid AND referred.attnum = foreign_key.confkey[1]
        JOIN rollforward.batch_column AS col
            ON col.entity = reference_offences.entity AND col.name = referring.attname
        WHERE foreign_key.conrelid = col.relation
          AND foreign_key.contype = 'f'
          AND cardinality(foreign_key.conkey) = 1
        ORDER BY referring.attnum
    LOOP
        RETURN QUERY EXECUTE format(
            $sql$
            SELECT staged.ordinal, 'parent_missing', %1$L, staged.%1$I::text, format('there is none in %%s', %2$L)
            FROM pg_temp.%3$I AS staged
            WHERE staged.%1$I IS NOT NULL
              AND NOT EXISTS (SELECT FROM %4$s AS parent WHERE parent.%5$I = staged.%1$I)
              AND NOT (%6$L AND EXISTS (SELECT FROM pg_temp.%3$I AS other WHERE other.%7$I = staged.%1$I))
            $sql$,
            reference.field, split_part(reference.parents::text, '.', 2), 'batch_' || entity, reference.parents, reference.key,
            reference.is_own, CASE WHEN reference.is_own THEN reference.key ELSE reference.field END);

        CONTINUE WHEN NOT reference.is_own;
        RETURN QUERY EXECUTE format(
            $sql$
            WITH RECURSIVE written AS (
                SELECT staged.ordinal, staged.%2$I AS child, staged.%1$I AS parent
                FROM pg_temp.%3$I AS staged
                WHERE staged.ordinal <> ALL ($1)
            ),
            link AS (
                SELECT written.child, written.parent FROM written
                UNION ALL
                SELECT stored.%2$I, stored.%1$I
                FROM %4$s AS stored
                WHERE NOT EXISTS (SELECT FROM written WHERE written.child = stored.%2$I)
            ),
            above AS (
                SELECT written.ordinal, written.child, written.parent, 1 AS level
                FROM written
                WHERE written.parent IS NOT NULL
                UNION  -- a row may stand twice in a batch that is wrong
                SELECT above.ordinal, above.child, link.parent, above.level + 1
                FROM above
                JOIN link ON link.child = above.parent
                WHERE link.parent IS NOT NULL
                  AND above.level < 64
            )
            SELECT above.ordinal, 'cycle', %1$L, above.child::text, 'leads back to itself, or past more than 63 others'
            FROM above
            WHERE above.level = 64
            $sql$,
            reference.field, reference.key, 'batch_' || entity, reference.parents)
            USING skipped;
    END LOOP;
END
$$;

COMMENT ON FUNCTION rollforward.reference_offences IS 'What staged rows refer to and is not there, and rows that would lead to themselves';
