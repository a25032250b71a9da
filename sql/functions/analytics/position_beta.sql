-- Betas of what accounts held, on the days they were analysed: to the market and to every other factor that is estimated alone.
--
-- factor    Market is the market beta, Interest Rate the interest-rate beta
-- value     signed, in the base currency of the account
-- reason    why beta is NULL: see instrument_factor; not_estimated where there are no closes of the factor
CREATE OR REPLACE VIEW rollforward.position_beta AS
SELECT held.account_id,
       account.number AS account_number,
       held.calculation_date,
       held.instrument_id,
       instrument.symbol,
       factor.name AS factor,
       held.value,
       rollforward.used_beta(found.slope) AS beta,
       found.intercept::double precision AS alpha,
       found.r_squared::double precision AS r_squared,
       found.std_error::double precision AS std_error,
       CASE WHEN found.std_error > 0 THEN rollforward.student_tail(found.slope / found.std_error, found.observations - 2)
            WHEN found.std_error = 0 THEN 0
       END AS p_value,
       found.observations,
       factor.window_days,
       CASE WHEN found.instrument_id IS NULL THEN 'not_estimated' ELSE found.reason END AS reason,
       analysis.is_stale
FROM rollforward_data.analysed_position AS held
JOIN rollforward_data.analysis USING (account_id, calculation_date)
JOIN rollforward_data.account USING (account_id)
JOIN rollforward_data.instrument USING (instrument_id)
CROSS JOIN rollforward_data.factor
LEFT JOIN rollforward_data.factor_beta AS found USING (calculation_date, instrument_id, factor_id)
WHERE factor.method = 'single'
  AND instrument.kind <> 'private';

COMMENT ON VIEW rollforward.position_beta IS 'Betas of what accounts held, on the days they were analysed';
