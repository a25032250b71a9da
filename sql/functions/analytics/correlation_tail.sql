-- Probability that two series which have nothing to do with each other are correlated so much or more, either way: Student's t of
-- the correlation, with observations - 2 degrees of freedom.
CREATE OR REPLACE FUNCTION rollforward.correlation_tail(correlation double precision, observations integer)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN abs(correlation_tail.correlation) >= 1 THEN 0
    ELSE rollforward.student_tail(
        correlation_tail.correlation * sqrt((correlation_tail.observations - 2) / (1 - correlation_tail.correlation ^ 2)),
        correlation_tail.observations - 2)
END;

COMMENT ON FUNCTION rollforward.correlation_tail IS 'Probability of a correlation between series that have nothing to do with each other';
