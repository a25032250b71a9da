-- Ids of accounts by their numbers, in the order asked; of all accounts, by number, when none are named.
--
-- account_numbers   names of accounts; NULL means all
-- errors            22R01 naming every account that does not exist
-- relies on         account_number_key
CREATE OR REPLACE FUNCTION rollforward.account_ids(account_numbers text[] DEFAULT NULL)
RETURNS SETOF bigint
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    offences jsonb;
BEGIN
    SELECT jsonb_agg(jsonb_build_object('argument', 'account_number', 'value', wanted.number) ORDER BY wanted.place)
    INTO offences
    FROM unnest(account_numbers) WITH ORDINALITY AS wanted (number, place)
    WHERE NOT EXISTS (SELECT FROM rollforward_data.account WHERE account.number = wanted.number);

    IF offences IS NOT NULL THEN
        RAISE EXCEPTION 'unknown account: %', coalesce(offences #>> '{0,value}', 'NULL')
            USING ERRCODE = '22R01', DETAIL = offences,
                  HINT = 'The view rollforward.account lists the accounts that exist.';
    END IF;

    RETURN QUERY
    SELECT account.account_id
    FROM rollforward_data.account
    LEFT JOIN unnest(account_numbers) WITH ORDINALITY AS wanted (number, place) ON wanted.number = account.number
    WHERE account_numbers IS NULL OR wanted.place IS NOT NULL
    ORDER BY wanted.place, account.number COLLATE "C";
END
$$;

COMMENT ON FUNCTION rollforward.account_ids IS 'Ids of accounts by their numbers; of all accounts when none are named';
