-- Staged rows whose parent in the batch is wrong, or has a parent that is wrong, and so on.
--
-- wrong   the ordinals of rows with offences of their own
CREATE OR REPLACE FUNCTION rollforward.orphaned_offences(entity text, wrong integer[])
RETURNS SETOF rollforward.batch_offence
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reference record;
BEGIN
    FOR reference IN
        SELECT referring.attname AS field, referred.attname AS key
        FROM pg_constraint AS foreign_key
        JOIN pg_attribute AS referring
            ON referring.attrelid = foreign_key.conrelid AND referring.attnum = foreign_key.conkey[1]
        JOIN pg_attribute AS referred
            ON referred.attrelid = foreign_key.confrelid AND referred.attnum = foreign_key.confkey[1]
        WHERE foreign_key.conrelid = to_regclass('rollforward_data.' || quote_ident(entity))
          AND foreign_key.confrelid = foreign_key.conrelid
          AND foreign_key.contype = 'f'
    LOOP
        RETURN QUERY EXECUTE format(
            $sql$
            WITH RECURSIVE orphaned AS (
                SELECT unnest($1) AS ordinal, NULL::integer AS parent_ordinal
                UNION
                SELECT child.ordinal, parent.ordinal
                FROM orphaned
                JOIN pg_temp.%1$I AS parent ON parent.ordinal = orphaned.ordinal
                JOIN pg_temp.%1$I AS child ON child.%2$I = parent.%3$I
            )
            SELECT staged.ordinal, 'parent_in_batch_invalid', %2$L, staged.%2$I::text,
                   format('row %%s, to which it refers, cannot be saved', min(orphaned.parent_ordinal))
            FROM orphaned
            JOIN pg_temp.%1$I AS staged USING (ordinal)
            WHERE staged.ordinal <> ALL ($1)
            GROUP BY staged.ordinal, staged.%2$I
            $sql$,
            'batch_' || entity, reference.field, reference.key)
        USING wrong;
    END LOOP;
END
$$;

COMMENT ON FUNCTION rollforward.orphaned_offences IS 'Staged rows whose parent in the batch is wrong';
