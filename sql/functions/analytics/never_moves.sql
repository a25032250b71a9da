-- Whether a sum of squared deviations is that of returns which do not move at all: what is left is the rounding of floating point.
CREATE OR REPLACE FUNCTION rollforward.never_moves(squared_deviations double precision)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN never_moves.squared_deviations < 1e-24;

COMMENT ON FUNCTION rollforward.never_moves IS 'Whether squared deviations are those of returns that do not move';
