-- Sets the currency in which the accounts of a person are added up.
--
-- person          name, as in the view account
-- base_currency   NULL means the base currency of the person's first account
-- errors          22R01 the person is unknown, or the currency is no code
CREATE OR REPLACE FUNCTION rollforward.set_person_currency(person text, base_currency text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF set_person_currency.base_currency IS NOT NULL
       AND NOT rollforward.is_currency_code(set_person_currency.base_currency) THEN
        RAISE EXCEPTION 'not a currency: %', set_person_currency.base_currency
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object(
                      'argument', 'base_currency', 'value', set_person_currency.base_currency)),
                  HINT = 'Pass a currency code such as USD.';
    END IF;

    UPDATE rollforward_data.person AS known
    SET base_currency = set_person_currency.base_currency
    WHERE known.name = set_person_currency.person;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unknown person: %', coalesce(set_person_currency.person, 'NULL')
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object(
                      'argument', 'person', 'value', set_person_currency.person)),
                  HINT = 'The view rollforward.person_currency lists the persons that exist.';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.set_person_currency IS 'Sets the currency in which the accounts of a person are added up';
