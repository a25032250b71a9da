-- A return as statistics take it: below 10^-50 it is 0, so that its square does not underflow.
CREATE OR REPLACE FUNCTION rollforward.observed_return(period_return double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN abs(observed_return.period_return) < 1e-50 THEN 0 ELSE observed_return.period_return END;

COMMENT ON FUNCTION rollforward.observed_return IS 'A return as statistics take it';
