-- Sample standard deviation of some returns, × √252, from the returns themselves.
CREATE OR REPLACE FUNCTION rollforward.added_deviation(returns double precision[])
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT rollforward.yearly_deviation(0, regr_sxx(known.simple, known.simple), count(*)::integer)
    FROM unnest(added_deviation.returns) AS known (simple);
END;

COMMENT ON FUNCTION rollforward.added_deviation IS 'Sample standard deviation of some returns, a year';
