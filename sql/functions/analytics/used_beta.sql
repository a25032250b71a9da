-- A beta as it is used: beyond 5 either way it says more about the sample than about the instrument, and counts as 5.
CREATE OR REPLACE FUNCTION rollforward.used_beta(slope double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN rollforward.clipped(used_beta.slope, 5);

COMMENT ON FUNCTION rollforward.used_beta IS 'A beta as it is used: no further from 0 than 5';
