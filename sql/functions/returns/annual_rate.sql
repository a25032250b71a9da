-- The rate a year that grows money by a factor in a number of years: growth ^ (1 / years) - 1, to 12 decimals.
--
-- growth    what one unit has become; 0 is a loss of everything, -100 % a year
-- returns   NULL when growth is NULL or negative, when no time has passed, and when one unit would become more than
--           10^12 in a year
CREATE OR REPLACE FUNCTION rollforward.annual_rate(growth double precision, years double precision)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN annual_rate.growth = 0 AND annual_rate.years > 0 THEN -1.000000000000
    WHEN annual_rate.growth > 0 AND annual_rate.years > 0 AND ln(annual_rate.growth) < 27.6 * annual_rate.years
    THEN round(exp(greatest(ln(annual_rate.growth) / annual_rate.years, -100))::numeric - 1, 12)
END;

COMMENT ON FUNCTION rollforward.annual_rate IS 'The rate a year that grows money by a factor in a number of years';
