-- An amount in the base currency, to 8 decimals; nothing is nothing at any rate, anything else unknown without one.
CREATE OR REPLACE FUNCTION rollforward.in_base(amount numeric, rate numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN in_base.amount = 0 THEN 0 ELSE round(in_base.amount * in_base.rate, 8) END;

COMMENT ON FUNCTION rollforward.in_base IS 'An amount in the base currency, to 8 decimals';
