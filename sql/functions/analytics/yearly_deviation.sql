-- Sample standard deviation of some returns, × √252, from their sum and the sum of their squares.
--
-- The sums are differences of running ones over a year or two: what is below 1e-15 is their rounding, and counts as no movement.
CREATE OR REPLACE FUNCTION rollforward.yearly_deviation(total double precision, squares double precision, observations integer)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN squares - total * total / observations > 1e-15
    THEN sqrt((squares - total * total / observations) / (observations - 1) * 252)
    ELSE 0
END;

COMMENT ON FUNCTION rollforward.yearly_deviation IS 'Sample standard deviation of some returns, a year, from their sums';
