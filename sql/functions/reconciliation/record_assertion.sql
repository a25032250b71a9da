-- Writes down what somebody says by hand; NULL takes it back.
--
-- currency   of cash; what is held is in the currency of its instrument
-- errors     22R01 an argument is unknown or not finite
CREATE OR REPLACE FUNCTION rollforward.record_assertion(
    account_id bigint,
    subject rollforward_data.assertion_subject,
    as_of date,
    currency text,
    symbol text,
    value numeric,
    tolerance numeric
)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    held record;
    wrong record;
BEGIN
    PERFORM rollforward.require_accounts(ARRAY[record_assertion.account_id]);
    SELECT instrument.instrument_id, instrument.currency INTO held
    FROM rollforward_data.instrument
    WHERE instrument.symbol = record_assertion.symbol;
    IF record_assertion.subject <> 'cash' THEN
        record_assertion.currency := held.currency;
    END IF;

    SELECT argument.name, argument.printed INTO wrong
    FROM (VALUES
        ('as_of', record_assertion.as_of::text, coalesce(isfinite(record_assertion.as_of), false)),
        ('currency', record_assertion.currency,
         record_assertion.subject <> 'cash' OR rollforward.is_currency_code(record_assertion.currency)),
        (CASE record_assertion.subject WHEN 'cash' THEN 'amount' ELSE 'quantity' END, record_assertion.value::text,
         coalesce(abs(record_assertion.value) < 1e22, true)),
        ('tolerance', record_assertion.tolerance::text,
         coalesce(record_assertion.tolerance >= 0 AND record_assertion.tolerance < 1e22, false)),
        -- nothing is known of the currency of what never had a price or a movement
        ('symbol', record_assertion.symbol, record_assertion.subject = 'cash' OR held.currency IS NOT NULL)
    ) AS argument (name, printed, is_right)
    WHERE NOT argument.is_right
    LIMIT 1;
    IF wrong.name IS NOT NULL THEN
        RAISE EXCEPTION '% cannot be %', wrong.name, coalesce(wrong.printed, 'NULL')
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', wrong.name, 'value', wrong.printed)),
                  HINT = 'A day, a currency such as USD, a symbol that the view instrument lists, and finite numbers are wanted.';
    END IF;

    IF record_assertion.value IS NULL THEN
        DELETE FROM rollforward_data.assertion AS known
        WHERE known.account_id = record_assertion.account_id
          AND known.subject = record_assertion.subject
          AND known.as_of = record_assertion.as_of
          AND known.currency = record_assertion.currency
          AND known.instrument_id IS NOT DISTINCT FROM held.instrument_id
          AND known.source = 'manual';
        RETURN;
    END IF;

    INSERT INTO rollforward_data.assertion (account_id, subject, as_of, currency, instrument_id, value, tolerance, source)
    VALUES (record_assertion.account_id, record_assertion.subject, record_assertion.as_of, record_assertion.currency,
            held.instrument_id, record_assertion.value, record_assertion.tolerance, 'manual')
    ON CONFLICT ON CONSTRAINT assertion_key DO UPDATE
    SET value = excluded.value, tolerance = excluded.tolerance, stated_at = excluded.stated_at;
END
$$;

COMMENT ON FUNCTION rollforward.record_assertion IS 'Writes down what somebody says by hand; NULL takes it back';
