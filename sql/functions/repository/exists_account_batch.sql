-- Whether there are accounts of these keys: account_id.
--
-- returns     a row for each place in the arrays, in their order; version is NULL where there is none
-- errors      22R01 an argument is NULL
-- relies on   account_pkey
CREATE OR REPLACE FUNCTION rollforward.exists_account_batch(account_ids bigint[])
RETURNS TABLE (ordinal integer, account_id bigint, is_known boolean, version integer)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.given(exists_account_batch.account_ids, 'account_ids');

    RETURN QUERY
    SELECT asked.ordinal::integer, asked.account_id, known.version IS NOT NULL, known.version
    FROM unnest(account_ids)
        WITH ORDINALITY AS asked (account_id, ordinal)
    LEFT JOIN rollforward_data.account AS known USING (account_id)
    ORDER BY asked.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.exists_account_batch IS 'Whether there are accounts of these keys';
