-- What has become of the staged accounts, in their order: for functions that have just written them.
CREATE OR REPLACE FUNCTION rollforward.account_stage_outcome()
RETURNS TABLE (ordinal integer, account_id bigint, status text, version integer)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT staged.ordinal, staged.account_id, staged.status, staged.stored_version
    FROM batch_account AS staged
    WHERE staged.status IN ('deleted', 'unknown', 'skipped')
    UNION ALL
    SELECT staged.ordinal, known.account_id, coalesce(staged.status, 'inserted'), known.version
    FROM batch_account AS staged
    JOIN rollforward_data.account AS known USING (number)
    WHERE staged.status IS NULL
       OR staged.status IN ('inserted', 'updated', 'unchanged')
    ORDER BY 1;
END
$$;

COMMENT ON FUNCTION rollforward.account_stage_outcome IS 'What has become of the staged accounts, in their order';
