-- Value of a position, signed: quantity × multiplier × close, to 8 decimals.
--
-- quantity, cost   signed: negative for shorts
-- close            NULL when the instrument was never priced; it is then carried at cost
-- expired          an option past its expiration is worth nothing, whatever was last quoted
CREATE OR REPLACE FUNCTION rollforward.market_value(
    quantity numeric,
    cost numeric,
    close numeric,
    multiplier numeric,
    expired boolean
)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN market_value.expired THEN 0
    WHEN market_value.close IS NULL THEN market_value.cost
    ELSE round(market_value.quantity * market_value.multiplier * market_value.close, 8)
END;

COMMENT ON FUNCTION rollforward.market_value IS 'Signed value of a position; at cost while it was never priced';
