-- Accounts on the days they were analysed, a row for each: what they had, and the figures that engines found for the whole of it.
--
-- Values are in the base currency. Betas are exposures as parts of equity; volatilities parts of one a year. Why a figure is NULL say
-- the engines: market_beta_reason and interest_rate_beta_reason of find_exposures(), volatility_reason of find_portfolio_volatility(),
-- correlation_reason of find_diversification(), concentration_reason of find_sectors(); reason why there is no equity.
-- unvalued positions have no rate into the base currency, and are in no figure.
CREATE OR REPLACE VIEW rollforward.portfolio_risk AS
SELECT analysis.account_id,
       account.number AS account_number,
       analysis.calculation_date,
       analysis.currency,
       analysis.equity,
       analysis.long_value,
       analysis.short_value,
       (analysis.long_value - analysis.short_value)::rollforward_data.exact_money AS gross_exposure,
       (analysis.long_value + analysis.short_value)::rollforward_data.exact_money AS net_exposure,
       analysis.positions,
       analysis.unvalued,
       market.exposure::double precision AS market_beta,
       market.r_squared::double precision AS market_beta_r_squared,
       market.observations AS market_beta_observations,
       market.reason AS market_beta_reason,
       provider.exposure::double precision AS provider_beta,
       rate.exposure::double precision AS interest_rate_beta,
       rate.reason AS interest_rate_beta_reason,
       volatility.realized_21d::double precision AS realized_volatility_21d,
       volatility.realized_63d::double precision AS realized_volatility_63d,
       volatility.expected_21d::double precision AS expected_volatility_21d,
       volatility.model_r_squared::double precision AS model_r_squared,
       volatility.trend AS volatility_trend,
       volatility.trend_strength::double precision AS volatility_trend_strength,
       volatility.percentile::double precision AS volatility_percentile,
       volatility.observations AS volatility_observations,
       volatility.coverage::double precision AS volatility_coverage,
       volatility.reason AS volatility_reason,
       correlation.overall_correlation::double precision AS overall_correlation,
       correlation.effective_positions::double precision AS effective_positions,
       correlation.positions_included,
       correlation.positions_excluded,
       correlation.reason AS correlation_reason,
       concentration.herfindahl::double precision AS hhi,
       concentration.effective_number::double precision AS effective_num_positions,
       concentration.top_3::double precision AS top_3_concentration,
       concentration.top_10::double precision AS top_10_concentration,
       concentration.reason AS concentration_reason,
       analysis.reason,
       analysis.is_whole,
       analysis.is_stale
FROM rollforward_data.analysis
JOIN rollforward_data.account USING (account_id)
LEFT JOIN (
    SELECT known.*
    FROM rollforward_data.account_factor AS known
    JOIN rollforward_data.factor ON factor.factor_id = known.factor_id AND factor.name = 'Market'
) AS market USING (account_id, calculation_date)
LEFT JOIN (
    SELECT known.*
    FROM rollforward_data.account_factor AS known
    JOIN rollforward_data.factor ON factor.factor_id = known.factor_id AND factor.name = 'Provider'
) AS provider USING (account_id, calculation_date)
LEFT JOIN (
    SELECT known.*
    FROM rollforward_data.account_factor AS known
    JOIN rollforward_data.factor ON factor.factor_id = known.factor_id AND factor.name = 'Interest Rate'
) AS rate USING (account_id, calculation_date)
LEFT JOIN rollforward_data.account_volatility AS volatility USING (account_id, calculation_date)
LEFT JOIN rollforward_data.account_correlation AS correlation USING (account_id, calculation_date)
LEFT JOIN rollforward_data.account_concentration AS concentration USING (account_id, calculation_date);

COMMENT ON VIEW rollforward.portfolio_risk IS 'Accounts on the days they were analysed, and the figures found for the whole of them';
