-- Refuses what cannot be the name of an account: NULL, a blank, blanks around it, or a control character in it.
--
-- errors   22R01 naming the argument and its value
CREATE OR REPLACE FUNCTION rollforward.require_account_number(account_number text)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    fault text := CASE
        WHEN coalesce(btrim(account_number), '') = '' THEN 'must not be NULL or blank'
        WHEN account_number <> btrim(account_number) THEN 'must not begin or end with a blank'
        WHEN account_number COLLATE "C" ~ '[[:cntrl:]]' THEN 'must not hold a control character, such as a tab or a new line'
    END;
BEGIN
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'account_number %', fault
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'account_number', 'value', account_number)),
                  HINT = 'Pass the name by which the account is to be known.';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.require_account_number IS 'Refuses what cannot be the name of an account';
