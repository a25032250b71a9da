-- Adds an account.
--
-- account_number   the name by which users and statements call it; must be new
-- base_currency    currency in which the account as a whole is valued
-- broker, person   names; created when they are new
-- calendar         whose trading days count; NULL means Monday to Friday
-- returns          the new account_id
-- errors           22R01 account_number is no name, broker or person is blank, the currency is not a code, or the calendar
--                        is unknown
--                  23505 the account exists already
CREATE OR REPLACE FUNCTION rollforward.add_account(
    account_number text,
    base_currency text DEFAULT 'USD',
    broker text DEFAULT NULL,
    person text DEFAULT NULL,
    calendar text DEFAULT NULL
)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    new_id bigint;
BEGIN
    PERFORM rollforward.require_account_number(account_number);

    INSERT INTO rollforward_data.account (number, base_currency)
    VALUES (account_number, 'USD')
    ON CONFLICT ON CONSTRAINT account_number_key DO NOTHING
    RETURNING account_id INTO new_id;
    IF new_id IS NULL THEN
        RAISE EXCEPTION 'account % exists already', account_number
            USING ERRCODE = '23505', CONSTRAINT = 'account_number_key',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'account_number', 'value', account_number)),
                  HINT = 'The view rollforward.account lists the accounts that exist.';
    END IF;

    PERFORM rollforward.set_account(account_number, 'base_currency', base_currency);
    IF broker IS NOT NULL THEN
        PERFORM rollforward.set_account(account_number, 'broker', broker);
    END IF;
    IF person IS NOT NULL THEN
        PERFORM rollforward.set_account(account_number, 'person', person);
    END IF;
    IF calendar IS NOT NULL THEN
        PERFORM rollforward.set_account(account_number, 'calendar', calendar);
    END IF;
    RETURN new_id;
END
$$;

COMMENT ON FUNCTION rollforward.add_account IS 'Adds an account';
