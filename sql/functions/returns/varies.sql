-- Whether a standard deviation is more than rounding: above 10^-10 of what it is a deviation of.
--
-- Sums of equal numbers are rounded, so their deviation need not come out as 0; a ratio to it would be a figure of nothing.
--
-- size      of the numbers, such as their mean
-- returns   NULL where there is no deviation, as of one number
CREATE OR REPLACE FUNCTION rollforward.varies(deviation double precision, size double precision)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN varies.deviation > 1e-10 * abs(varies.size);

COMMENT ON FUNCTION rollforward.varies IS 'Whether a standard deviation is more than rounding';
