-- What explains the returns of instruments, on the days that some account was analysed which held them.
--
-- beta               no further from 0 than 5; the other figures are those of the estimate as it is
-- p_value            probability of such an estimate where there is no relation; NULL for styles, which are estimated at once
-- r_squared          of this factor; of styles, of all at once
-- method_r_squared   of styles the same; of spreads, the mean of theirs
-- reason             why there is no estimate: too_few_observations, constant_prices, constant_factor
CREATE OR REPLACE VIEW rollforward.instrument_factor AS
SELECT found.calculation_date,
       found.instrument_id,
       instrument.symbol,
       factor.name AS factor,
       factor.method,
       rollforward.used_beta(found.slope) AS beta,
       found.intercept::double precision AS alpha,
       found.r_squared::double precision AS r_squared,
       CASE factor.method
           WHEN 'spread' THEN avg(found.r_squared) OVER (
               PARTITION BY found.calculation_date, found.instrument_id, factor.method)
           ELSE found.r_squared
       END AS method_r_squared,
       found.std_error::double precision AS std_error,
       rollforward.slope_tail(found.slope, found.std_error, found.observations) AS p_value,
       found.observations,
       factor.window_days,
       found.reason
FROM rollforward_data.factor_beta AS found
JOIN rollforward_data.factor USING (factor_id)
JOIN rollforward_data.instrument USING (instrument_id);

COMMENT ON VIEW rollforward.instrument_factor IS 'What explains the returns of instruments';
