-- A return as logarithmic growth: ln(1 + return). A loss of everything, or more, is -Infinity; NULL stays NULL.
--
-- Logarithms of returns in a row add up. plain_return() is the way back.
CREATE OR REPLACE FUNCTION rollforward.log_return(period_return double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN log_return.period_return > -1 THEN ln(1 + log_return.period_return)
    WHEN log_return.period_return <= -1 THEN '-Infinity'
END;

COMMENT ON FUNCTION rollforward.log_return IS 'A return as logarithmic growth';
