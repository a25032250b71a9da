-- Staged rows that are called by a key and are not there, or are there in another version than expected; and rows to be
-- saved that were deleted.
CREATE OR REPLACE FUNCTION rollforward.state_offences(entity text, operation text, on_conflict text)
RETURNS SETOF rollforward.batch_offence
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    keys text;
BEGIN
    IF operation <> 'save' THEN
        SELECT string_agg(col.attname, ', ' ORDER BY place.no)
        INTO keys
        FROM pg_constraint AS key
        CROSS JOIN LATERAL unnest(key.conkey) WITH ORDINALITY AS place (attnum, no)
        JOIN pg_attribute AS col ON col.attrelid = key.conrelid AND col.attnum = place.attnum
        WHERE key.conrelid = to_regclass('rollforward_data.' || quote_ident(entity))
          AND key.contype = 'p';

        RETURN QUERY EXECUTE format(
            $sql$
            SELECT staged.ordinal, fault.code, fault.field, fault.value, fault.message
            FROM pg_temp.%I AS staged
            CROSS JOIN LATERAL (VALUES
                ('not_found', %L, concat_ws(', ', %s), 'there is none', staged.stored_version IS NULL AND (%L OR staged.expected_version IS NOT NULL)),
                ('stale_version', 'version', staged.expected_version::text, format('the version is %%s', staged.stored_version),
                 staged.expected_version <> staged.stored_version)
            ) AS fault (code, field, value, message, is_so)
            WHERE fault.is_so
            $sql$,
            'batch_' || entity, keys,
            (SELECT string_agg('staged.' || quote_ident(key), ', ') FROM unnest(string_to_array(keys, ', ')) AS key),
            on_conflict <> 'ignore');

    ELSIF on_conflict = 'error' AND to_regclass('rollforward_data.' || quote_ident('deleted_' || entity)) IS NOT NULL THEN
        RETURN QUERY EXECUTE format(
            $sql$
            SELECT staged.ordinal, 'was_deleted', 'natural_key', encode(staged.natural_key, 'hex'),
                   format('it was deleted on %%s', gone.deleted_at)
            FROM pg_temp.%I AS staged
            JOIN rollforward_data.%I AS gone USING (account_id, natural_key)
            $sql$,
            'batch_' || entity, 'deleted_' || entity);
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.state_offences IS
    'Staged rows that are not there, or in another version than expected; and rows to be saved that were deleted';
