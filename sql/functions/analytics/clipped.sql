-- A figure no further from 0 than a bound; NULL stays NULL.
CREATE OR REPLACE FUNCTION rollforward.clipped(figure double precision, bound double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN abs(clipped.figure) > clipped.bound THEN sign(clipped.figure) * clipped.bound
    ELSE clipped.figure
END;

COMMENT ON FUNCTION rollforward.clipped IS 'A figure no further from 0 than a bound';
