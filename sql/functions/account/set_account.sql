-- Changes one setting of an account; a setting that changes its figures marks it as stale.
--
-- key         base_currency
--             calendar          one that has days in trading_calendar; NULL or blank means Monday to Friday
--             costs_in_lot      true or false: whether commissions, fees and taxes of trades belong to cost and proceeds
--             premium_in_cost   true or false: whether premiums of assigned and exercised options belong to the shares
--             cost_method       fifo, lifo, hifo, lofo, average or specific; for hifo and lofo also "hifo by price",
--                               which compares the prices of lots instead of what a unit cost. NULL or '' takes away
--                               the method that applies from from_date on
--             broker, person    names; created when they are new
-- from_date   the day from which a cost method applies, until the next; NULL means from the beginning, and that no other
--             is to follow: refused as long as another does
-- errors      22R01 the account or the key is unknown, the value does not fit the key, a day is given where none applies, or
--             see set_cost_method
CREATE OR REPLACE FUNCTION rollforward.set_account(account_number text, key text, value text, from_date date DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    keys CONSTANT text[] := ARRAY['base_currency', 'broker', 'calendar', 'cost_method', 'costs_in_lot', 'person',
                                  'premium_in_cost'];
    subject bigint;
    wrong record;
BEGIN
    SELECT account.account_id INTO subject FROM rollforward_data.account WHERE account.number = account_number;
    IF subject IS NULL THEN
        RAISE EXCEPTION 'unknown account: %', coalesce(account_number, 'NULL')
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'account_number', 'value', account_number)),
                  HINT = 'The view rollforward.account lists the accounts that exist.';
    END IF;

    SELECT fault.argument, fault.value, fault.expected INTO wrong
    FROM (VALUES
        (1, 'key', key, 'one of the keys ' || array_to_string(keys, ', '), key IS NULL OR key <> ALL (keys)),
        (2, key, value, 'a currency code such as USD',
         key = 'base_currency' AND coalesce(value, '') !~ '^[A-Z][A-Z0-9]{2,9}$'),
        (3, key, value, 'true or false',
         key IN ('costs_in_lot', 'premium_in_cost') AND coalesce(lower(value), '') NOT IN ('true', 'false', 'yes', 'no')),
        (4, key, value, 'fifo, lifo, hifo, lofo, average or specific; hifo and lofo may add "by price"',
         key = 'cost_method'
         AND NOT (coalesce(value, '') = '' AND from_date IS NOT NULL)
         AND coalesce(lower(value), '') !~ '^(fifo|lifo|average|specific|(hifo|lofo)( by (cost|price))?)$'),
        (5, key, value, 'a name', key IN ('broker', 'person') AND coalesce(btrim(value), '') = ''),
        (6, key, value, 'a calendar that was loaded, or nothing for Monday to Friday',
         key = 'calendar' AND btrim(value) <> ''
         AND NOT EXISTS (SELECT FROM rollforward_data.trading_calendar WHERE trading_calendar.calendar = btrim(value))),
        (7, 'from_date', from_date::text, 'no day: only a cost method applies from a day on',
         key <> 'cost_method' AND from_date IS NOT NULL),
        (8, 'from_date', from_date::text, 'a day, such as 2025-01-01, from which on the method applies',
         NOT isfinite(from_date))
    ) AS fault (place, argument, value, expected, is_so)
    WHERE fault.is_so
    ORDER BY fault.place
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'cannot set % of account % to %', coalesce(key, 'NULL'), account_number,
                        concat_ws(' from ', coalesce(value, 'NULL'), from_date)
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', wrong.argument, 'value', wrong.value)),
                  HINT = format('Expected %s.', wrong.expected);
    END IF;

    IF key = 'base_currency' THEN
        UPDATE rollforward_data.account SET base_currency = value WHERE account.account_id = subject;
    ELSIF key = 'calendar' THEN
        UPDATE rollforward_data.account SET calendar = nullif(btrim(value), '') WHERE account.account_id = subject;
    ELSIF key = 'costs_in_lot' THEN
        UPDATE rollforward_data.account SET costs_in_lot = value::boolean WHERE account.account_id = subject;
    ELSIF key = 'premium_in_cost' THEN
        UPDATE rollforward_data.account SET premium_in_cost = value::boolean WHERE account.account_id = subject;
    ELSIF key = 'cost_method' THEN
        PERFORM rollforward.set_cost_method(subject, lower(value), from_date);
    ELSIF key = 'broker' THEN
        INSERT INTO rollforward_data.broker (name) VALUES (value) ON CONFLICT ON CONSTRAINT broker_name_key DO NOTHING;
        UPDATE rollforward_data.account SET broker_id = (SELECT broker_id FROM rollforward_data.broker WHERE name = value)
        WHERE account.account_id = subject;
    ELSE
        INSERT INTO rollforward_data.person (name) VALUES (value) ON CONFLICT ON CONSTRAINT person_name_key DO NOTHING;
        UPDATE rollforward_data.account SET person_id = (SELECT person_id FROM rollforward_data.person WHERE name = value)
        WHERE account.account_id = subject;
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.set_account IS 'Changes one setting of an account';
