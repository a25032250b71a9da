-- Exposures of accounts to factors, on the days they were analysed.
--
-- exposure          as a part of equity: the beta of the account
-- exposure_amount   in the base currency
-- coverage          part of the gross value that has a beta
-- reason            why something is NULL: no_betas, or why there is no equity (not_valued, rate_missing, no_equity)
CREATE OR REPLACE VIEW rollforward.factor_exposure AS
SELECT found.account_id,
       account.number AS account_number,
       found.calculation_date,
       factor.name AS factor,
       factor.method,
       found.exposure::double precision AS exposure,
       found.exposure_amount::double precision AS exposure_amount,
       analysis.currency,
       found.r_squared::double precision AS r_squared,
       found.observations,
       found.coverage::double precision AS coverage,
       factor.window_days,
       found.reason,
       analysis.is_stale
FROM rollforward_data.account_factor AS found
JOIN rollforward_data.analysis USING (account_id, calculation_date)
JOIN rollforward_data.account USING (account_id)
JOIN rollforward_data.factor USING (factor_id);

COMMENT ON VIEW rollforward.factor_exposure IS 'Exposures of accounts to factors';
