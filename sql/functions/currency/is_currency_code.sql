-- Whether a text has the form of a currency: that of the domain currency_code. NULL has not.
CREATE OR REPLACE FUNCTION rollforward.is_currency_code(code text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(length(is_currency_code.code) BETWEEN 3 AND 10 AND is_currency_code.code ~ '^[A-Z][A-Z0-9]+$', false);

COMMENT ON FUNCTION rollforward.is_currency_code IS 'Whether a text has the form of a currency code';
