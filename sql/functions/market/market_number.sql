-- Number as market data prints it: digits with a point, or scientific; NULL when the text is none. No thousands separators,
-- no NaN, no infinity, no more than 60 characters.
CREATE OR REPLACE FUNCTION rollforward.market_number(printed text)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN market_number.printed ~ '^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$'
         AND length(market_number.printed) <= 60
        THEN market_number.printed::numeric
END;

COMMENT ON FUNCTION rollforward.market_number IS 'Number as market data prints it; NULL when the text is none';
