-- An amount in another currency, to 8 decimals; NULL without a rate.
CREATE OR REPLACE FUNCTION rollforward.converted(amount numeric, rate numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(converted.amount * converted.rate, 8);

COMMENT ON FUNCTION rollforward.converted IS 'An amount in another currency, to 8 decimals';
