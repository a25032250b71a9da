-- Rows staged to be deleted to which others refer, unless those are deleted with them.
CREATE OR REPLACE FUNCTION rollforward.dependent_offences(entity text)
RETURNS SETOF rollforward.batch_offence
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reference record;
BEGIN
    FOR reference IN
        SELECT referring.attname AS field, referred.attname AS key, child.relname AS children,
               foreign_key.confrelid = foreign_key.conrelid AS is_own
        FROM pg_constraint AS foreign_key
        JOIN pg_class AS child ON child.oid = foreign_key.conrelid
        JOIN pg_attribute AS referring
            ON referring.attrelid = foreign_key.conrelid AND referring.attnum = foreign_key.conkey[1]
        JOIN pg_attribute AS referred
            ON referred.attrelid = foreign_key.confrelid AND referred.attnum = foreign_key.confkey[1]
        WHERE foreign_key.confrelid = to_regclass('rollforward_data.' || quote_ident(entity))
          AND foreign_key.contype = 'f'
          AND foreign_key.confdeltype IN ('a', 'r')
        ORDER BY child.relname, referring.attnum
    LOOP
        RETURN QUERY EXECUTE format(
            $sql$
            SELECT staged.ordinal, 'has_dependents', %1$L, staged.%2$I::text, format('%%s rows of %%s refer to it', found.times, %3$L)
            FROM pg_temp.%4$I AS staged
            CROSS JOIN LATERAL (
                SELECT count(*) AS times
                FROM rollforward_data.%3$I AS child
                WHERE child.%5$I = staged.%2$I
                  AND NOT (%6$L AND EXISTS (SELECT FROM pg_temp.%4$I AS other WHERE to_jsonb(child)->%2$L = to_jsonb(other)->%2$L))
            ) AS found
            WHERE found.times > 0
            $sql$,
            reference.children || '.' || reference.field, reference.key, reference.children, 'batch_' || entity, reference.field,
            reference.is_own);
    END LOOP;
END
$$;

COMMENT ON FUNCTION rollforward.dependent_offences IS 'Rows staged to be deleted to which others refer';
