-- The return that a logarithmic growth is: exp(growth) - 1. NULL beyond e^300, where ratios of returns would overflow.
CREATE OR REPLACE FUNCTION rollforward.plain_return(log_growth double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN plain_return.log_growth < -60 THEN -1
    WHEN plain_return.log_growth <= 300 THEN exp(plain_return.log_growth) - 1
END;

COMMENT ON FUNCTION rollforward.plain_return IS 'The return that a logarithmic growth is';
