-- A statistic to 36 binary places, some ten digits, by splitting it as Dekker (1971) does.
--
-- In floating point a sum depends on the order of its terms, which is up to the plan: what lies behind is noise, and without it a
-- finding that is found once more is the same.
CREATE OR REPLACE FUNCTION rollforward.settled(figure double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN settled.figure * 131073 - (settled.figure * 131073 - settled.figure);

COMMENT ON FUNCTION rollforward.settled IS 'A statistic to some ten digits, without the noise behind';
