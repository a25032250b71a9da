-- What is wrong with one rate by itself: a row per fault, none when it can be saved. To be joined LATERAL, where it is
-- inlined.
--
-- returns   place: the order of the fields; field and value: what is wrong; code: missing, not_a_currency, same_currency,
--           not_finite, not_a_number, not_positive, too_small or too_large
CREATE OR REPLACE FUNCTION rollforward.fx_rate_faults(currency text, quote_currency text, rate_date date, rate numeric)
RETURNS TABLE (place integer, field text, value text, code text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT fault.place, fault.field, fault.value, fault.code
    FROM (VALUES
        (1, 'currency', fx_rate_faults.currency, CASE
            WHEN fx_rate_faults.currency IS NULL THEN 'missing'
            WHEN NOT rollforward.is_currency_code(fx_rate_faults.currency) THEN 'not_a_currency'
        END),
        (2, 'quote_currency', fx_rate_faults.quote_currency, CASE
            WHEN fx_rate_faults.quote_currency IS NULL THEN 'missing'
            WHEN NOT rollforward.is_currency_code(fx_rate_faults.quote_currency) THEN 'not_a_currency'
            WHEN fx_rate_faults.quote_currency = fx_rate_faults.currency THEN 'same_currency'
        END),
        (3, 'rate_date', to_jsonb(fx_rate_faults.rate_date) #>> '{}', CASE
            WHEN fx_rate_faults.rate_date IS NULL THEN 'missing'
            WHEN NOT isfinite(fx_rate_faults.rate_date) THEN 'not_finite'
        END),
        (4, 'rate', fx_rate_faults.rate::text, CASE
            WHEN fx_rate_faults.rate IS NULL THEN 'missing'
            WHEN fx_rate_faults.rate = 'NaN' THEN 'not_a_number'
            WHEN fx_rate_faults.rate <= 0 THEN 'not_positive'
            WHEN round(fx_rate_faults.rate, 18) = 0 THEN 'too_small'
            WHEN round(fx_rate_faults.rate, 18) >= 1e20 THEN 'too_large'
        END)
    ) AS fault (place, field, value, code)
    WHERE fault.code IS NOT NULL;
END;

COMMENT ON FUNCTION rollforward.fx_rate_faults IS 'What is wrong with one rate by itself: a row per fault';
