-- An amount in the base currency, to 8 decimals; nothing is nothing at any rate, anything else unknown without one.
--
-- amount    of 8 decimals, as all money
-- is_base   it already is in the base currency
CREATE OR REPLACE FUNCTION rollforward.in_base(amount numeric, rate numeric, is_base boolean DEFAULT false)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN in_base.is_base THEN in_base.amount
    WHEN in_base.amount = 0 THEN 0
    ELSE round(in_base.amount * in_base.rate, 8)
END;

COMMENT ON FUNCTION rollforward.in_base IS 'An amount in the base currency, to 8 decimals';
