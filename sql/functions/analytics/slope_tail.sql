-- Probability of a slope so far from 0, either way, where there is no relation: Student's t of slope / std_error, with
-- observations - 2 degrees of freedom. NULL where there is no error; 0 where it is 0.
CREATE OR REPLACE FUNCTION rollforward.slope_tail(slope double precision, std_error double precision, observations integer)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN slope_tail.std_error > 0 THEN rollforward.student_tail(slope_tail.slope / slope_tail.std_error, slope_tail.observations - 2)
    WHEN slope_tail.std_error = 0 THEN 0
END;

COMMENT ON FUNCTION rollforward.slope_tail IS 'Probability of a slope where there is no relation';
