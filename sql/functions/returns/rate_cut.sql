-- Where to cut a range of rates in two: at 0, then at the geometric middle, for most solutions are near 0.
CREATE OR REPLACE FUNCTION rollforward.rate_cut(low double precision, high double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN rate_cut.low < 0 AND rate_cut.high > 0 THEN 0
    WHEN rate_cut.high > 0 THEN sqrt((rate_cut.low + 1) * (rate_cut.high + 1)) - 1
    ELSE 1 - sqrt((1 - rate_cut.low) * (1 - rate_cut.high))
END;

COMMENT ON FUNCTION rollforward.rate_cut IS 'Where to cut a range of rates in two';
