-- Changes one setting of an account; a setting that changes its figures marks it as stale.
--
-- key       base_currency, costs_in_lot (true or false), broker or person (names; created when they are new)
-- errors    22R01 the account or the key is unknown, or the value does not fit the key
CREATE OR REPLACE FUNCTION rollforward.set_account(account_number text, key text, value text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    expected text;
BEGIN
    IF NOT EXISTS (SELECT FROM rollforward_data.account WHERE account.number = account_number) THEN
        RAISE EXCEPTION 'unknown account: %', coalesce(account_number, 'NULL')
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'account_number', 'value', account_number)),
                  HINT = 'The view rollforward.account lists the accounts that exist.';
    END IF;

    expected := CASE
        WHEN key = 'base_currency' AND coalesce(value, '') !~ '^[A-Z][A-Z0-9]{2,9}$' THEN 'a currency code such as USD'
        WHEN key = 'costs_in_lot' AND coalesce(lower(value), '') NOT IN ('true', 'false', 'yes', 'no')
            THEN 'true or false'
        WHEN key IN ('broker', 'person') AND coalesce(btrim(value), '') = '' THEN 'a name'
        WHEN key IN ('base_currency', 'costs_in_lot', 'broker', 'person') THEN NULL
        ELSE 'one of the keys base_currency, costs_in_lot, broker, person'
    END;
    IF expected IS NOT NULL THEN
        RAISE EXCEPTION 'cannot set % of account % to %', coalesce(key, 'NULL'), account_number, coalesce(value, 'NULL')
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(CASE
                      WHEN key IN ('base_currency', 'costs_in_lot', 'broker', 'person')
                      THEN jsonb_build_object('argument', key, 'value', value)
                      ELSE jsonb_build_object('argument', 'key', 'value', key)
                  END),
                  HINT = format('Expected %s.', expected);
    END IF;

    IF key = 'base_currency' THEN
        UPDATE rollforward_data.account SET base_currency = value WHERE account.number = account_number;
    ELSIF key = 'costs_in_lot' THEN
        UPDATE rollforward_data.account SET costs_in_lot = value::boolean WHERE account.number = account_number;
    ELSIF key = 'broker' THEN
        INSERT INTO rollforward_data.broker (name) VALUES (value) ON CONFLICT ON CONSTRAINT broker_name_key DO NOTHING;
        UPDATE rollforward_data.account SET broker_id = (SELECT broker_id FROM rollforward_data.broker WHERE name = value)
        WHERE account.number = account_number;
    ELSE
        INSERT INTO rollforward_data.person (name) VALUES (value) ON CONFLICT ON CONSTRAINT person_name_key DO NOTHING;
        UPDATE rollforward_data.account SET person_id = (SELECT person_id FROM rollforward_data.person WHERE name = value)
        WHERE account.number = account_number;
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.set_account IS 'Changes one setting of an account';
