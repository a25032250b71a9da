-- Refuses a list of accounts that is NULL, holds a NULL, or names an account that does not exist.
--
-- errors   22R01 with every offending id in DETAIL
CREATE OR REPLACE FUNCTION rollforward.require_accounts(account_ids bigint[])
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    offences jsonb;
BEGIN
    IF account_ids IS NULL OR array_position(account_ids, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'account_ids must not be NULL or hold a NULL'
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'account_ids', 'value', to_jsonb(account_ids))),
                  HINT = 'Pass the account_id of each account; the view rollforward.account lists them.';
    END IF;

    SELECT jsonb_agg(jsonb_build_object('argument', 'account_id', 'value', wanted.account_id) ORDER BY wanted.account_id)
    INTO offences
    FROM (SELECT DISTINCT unnest(account_ids) AS account_id) AS wanted
    LEFT JOIN rollforward_data.account USING (account_id)
    WHERE account.account_id IS NULL;

    IF offences IS NOT NULL THEN
        RAISE EXCEPTION 'unknown account: %', offences #>> '{0,value}'
            USING ERRCODE = '22R01', DETAIL = offences,
                  HINT = 'The view rollforward.account lists the accounts that exist.';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.require_accounts IS 'Refuses a list of accounts that is NULL, holds a NULL, or names an unknown account';
