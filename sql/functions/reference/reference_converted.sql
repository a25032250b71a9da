-- An amount in the base currency. Nothing is nothing in every currency, even in one without a rate.
CREATE OR REPLACE FUNCTION rollforward.reference_converted(amount numeric, rate numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN reference_converted.amount = 0 THEN 0 ELSE round(reference_converted.amount * reference_converted.rate, 8) END;

COMMENT ON FUNCTION rollforward.reference_converted IS 'Reference: an amount in the base currency';
