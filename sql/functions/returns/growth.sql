-- What one unit has become after a sum of logarithmic returns, to 15 significant digits; nothing yet is 1.
--
-- Below 10^-26 it is 0, so it has 41 decimals at most; beyond 10^299 it is Infinity. Sums of logarithms can neither
-- overflow nor underflow on the way, and once -Infinity (a loss of everything) they stay so.
CREATE OR REPLACE FUNCTION rollforward.growth(log_growth double precision)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN growth.log_growth IS NULL THEN 1
    WHEN growth.log_growth < -60 THEN 0
    WHEN growth.log_growth > 690 THEN 'Infinity'
    ELSE exp(growth.log_growth)::numeric
END;

COMMENT ON FUNCTION rollforward.growth IS 'What one unit has become after a sum of logarithmic returns';
