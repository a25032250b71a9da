-- Betas of what accounts held, a row for each position, on the days that accounts were analysed: to the market, to interest rates,
-- and what analysts say. position_factor has every factor.
--
-- value           signed, in the base currency of the account
-- beta … window_days   to factor Market; r_squared, std_error and p_value are of the estimate as it is, beta is no further from 0 than 5
-- ir_beta …       to factor Interest Rate
-- provider_beta   of the profile as it is now; where it says none, or 0, that to Market
-- reason          why beta is NULL, ir_reason why ir_beta is: see instrument_factor; not_estimated where the factor has no closes
CREATE OR REPLACE VIEW rollforward.position_beta AS
SELECT market.account_id,
       market.account_number,
       market.calculation_date,
       market.instrument_id,
       market.symbol,
       market.value,
       market.beta,
       market.alpha,
       market.r_squared,
       market.std_error,
       market.p_value,
       market.observations,
       market.window_days,
       market.reason,
       rate.beta AS ir_beta,
       rate.r_squared AS ir_r_squared,
       rate.observations AS ir_observations,
       rate.reason AS ir_reason,
       rollforward.used_beta(coalesce(nullif(profile.beta, 0), market.beta)) AS provider_beta,
       market.is_stale
FROM rollforward.position_factor AS market
JOIN rollforward.position_factor AS rate
    ON rate.account_id = market.account_id
   AND rate.calculation_date = market.calculation_date
   AND rate.instrument_id = market.instrument_id
   AND rate.factor = 'Interest Rate'
LEFT JOIN rollforward_data.instrument_profile AS profile ON profile.instrument_id = market.instrument_id
WHERE market.factor = 'Market';

COMMENT ON VIEW rollforward.position_beta IS 'Betas of what accounts held: to the market, to interest rates, and what analysts say';
