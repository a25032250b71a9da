-- Betas of what accounts held, a row for each position, on the days that accounts were analysed: to the market, to interest rates,
-- and what analysts say. position_factor has every factor.
--
-- value           signed, in the base currency of the account
-- beta … window_days   to factor Market; r_squared, std_error and p_value are of the estimate as it is, beta is no further from 0 than 5
-- ir_beta …       to factor Interest Rate
-- provider_beta   of the profile as it is now; where it says none, or 0, that to Market
-- reason          why beta is NULL, ir_reason why ir_beta is: see instrument_factor; not_estimated where the factor has no closes
-- relies on       factor_beta_pkey: of a day that was analysed just now the planner expects a row or two, and would compare them all
CREATE OR REPLACE VIEW rollforward.position_beta AS
SELECT held.account_id,
       account.number AS account_number,
       held.calculation_date,
       held.instrument_id,
       instrument.symbol,
       held.value,
       rollforward.used_beta(market.slope) AS beta,
       market.intercept::double precision AS alpha,
       market.r_squared::double precision AS r_squared,
       market.std_error::double precision AS std_error,
       rollforward.slope_tail(market.slope, market.std_error, market.observations) AS p_value,
       market.observations,
       market_factor.window_days,
       CASE WHEN market.instrument_id IS NULL THEN 'not_estimated' ELSE market.reason END AS reason,
       rollforward.used_beta(rate.slope) AS ir_beta,
       rate.r_squared::double precision AS ir_r_squared,
       rate.observations AS ir_observations,
       CASE WHEN rate.instrument_id IS NULL THEN 'not_estimated' ELSE rate.reason END AS ir_reason,
       rollforward.used_beta(coalesce(nullif(profile.beta, 0), rollforward.used_beta(market.slope))) AS provider_beta,
       analysis.is_stale
FROM rollforward_data.analysed_position AS held
JOIN rollforward_data.analysis USING (account_id, calculation_date)
JOIN rollforward_data.account USING (account_id)
JOIN rollforward_data.instrument USING (instrument_id)
JOIN rollforward_data.factor AS market_factor ON market_factor.name = 'Market'
JOIN rollforward_data.factor AS rate_factor ON rate_factor.name = 'Interest Rate'
LEFT JOIN LATERAL (
    SELECT found.*
    FROM rollforward_data.factor_beta AS found
    WHERE found.calculation_date = held.calculation_date
      AND found.instrument_id = held.instrument_id
      AND found.factor_id = market_factor.factor_id
    OFFSET 0
) AS market ON true
LEFT JOIN LATERAL (
    SELECT found.*
    FROM rollforward_data.factor_beta AS found
    WHERE found.calculation_date = held.calculation_date
      AND found.instrument_id = held.instrument_id
      AND found.factor_id = rate_factor.factor_id
    OFFSET 0
) AS rate ON true
LEFT JOIN rollforward_data.instrument_profile AS profile ON profile.instrument_id = held.instrument_id
WHERE instrument.kind <> 'private';

COMMENT ON VIEW rollforward.position_beta IS 'Betas of what accounts held: to the market, to interest rates, and what analysts say';
