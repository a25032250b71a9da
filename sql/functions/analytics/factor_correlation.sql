-- Correlations of the factors that scenarios shock, on the days that accounts were analysed, both ways: see
-- find_factor_correlations().
CREATE OR REPLACE VIEW rollforward.factor_correlation AS
SELECT found.calculation_date,
       one.name AS factor_1,
       other.name AS factor_2,
       found.correlation::double precision AS correlation,
       found.observations
FROM rollforward_data.factor_correlation AS found
JOIN rollforward_data.factor AS one USING (factor_id)
JOIN rollforward_data.factor AS other ON other.factor_id = found.other_factor_id;

COMMENT ON VIEW rollforward.factor_correlation IS 'Correlations of the factors that scenarios shock';
