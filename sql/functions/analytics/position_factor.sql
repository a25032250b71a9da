-- What explains the returns of what accounts held, a row for each position and factor, on the days that accounts were analysed.
--
-- The columns of instrument_factor, which says what they are; reason is not_estimated where the factor has no closes.
--
-- value       signed, in the base currency of the account
-- relies on   factor_beta_pkey: of a day that was analysed just now the planner expects a row or two, and would compare them all
CREATE OR REPLACE VIEW rollforward.position_factor AS
SELECT held.account_id,
       account.number AS account_number,
       held.calculation_date,
       held.instrument_id,
       instrument.symbol,
       factor.name AS factor,
       factor.method,
       held.value,
       rollforward.used_beta(found.slope) AS beta,
       found.intercept::double precision AS alpha,
       found.r_squared::double precision AS r_squared,
       found.std_error::double precision AS std_error,
       rollforward.slope_tail(found.slope, found.std_error, found.observations) AS p_value,
       found.observations,
       factor.window_days,
       CASE WHEN found.instrument_id IS NULL THEN 'not_estimated' ELSE found.reason END AS reason,
       analysis.is_stale
FROM rollforward_data.analysed_position AS held
JOIN rollforward_data.analysis USING (account_id, calculation_date)
JOIN rollforward_data.account USING (account_id)
JOIN rollforward_data.instrument USING (instrument_id)
CROSS JOIN rollforward_data.factor
LEFT JOIN LATERAL (
    SELECT known.*
    FROM rollforward_data.factor_beta AS known
    WHERE known.calculation_date = held.calculation_date
      AND known.instrument_id = held.instrument_id
      AND known.factor_id = factor.factor_id
    OFFSET 0
) AS found ON true
WHERE factor.method <> 'provider'
  AND instrument.kind <> 'private';

COMMENT ON VIEW rollforward.position_factor IS 'What explains the returns of what accounts held';
