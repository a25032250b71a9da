-- All versions of accounts, called by account_id.
--
-- returns     in the order asked for, each in the order of its versions; nothing for what never was
-- errors      22R01 an argument is NULL
-- relies on   account_pkey, account_image_pkey
CREATE OR REPLACE FUNCTION rollforward.account_history(account_ids bigint[])
RETURNS SETOF rollforward.account_version
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.given(account_history.account_ids, 'account_ids');

    RETURN QUERY
    SELECT known.*
    FROM unnest(account_history.account_ids)
        WITH ORDINALITY AS asked (account_id, ordinal)
    JOIN rollforward.account_version AS known USING (account_id)
    ORDER BY asked.ordinal, known.version;
END
$$;

COMMENT ON FUNCTION rollforward.account_history IS 'All versions of accounts';
