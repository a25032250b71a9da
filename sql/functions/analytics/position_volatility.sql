-- Volatility of what accounts held, by its closes, on the days they were analysed; of options, by those of the underlying.
--
-- Parts of one a year. What each is: stage_volatilities(); vol_daily, vol_weekly and vol_monthly are of the last return, 5 and 21.
--
-- series   symbol by whose closes it is told
-- reason   why it is NULL: no_prices, too_few_observations, constant_prices
CREATE OR REPLACE VIEW rollforward.position_volatility AS
SELECT held.account_id,
       account.number AS account_number,
       held.calculation_date,
       held.instrument_id,
       instrument.symbol,
       series.symbol AS series,
       found.realized_21d::double precision AS realized_vol_21d,
       found.realized_63d::double precision AS realized_vol_63d,
       found.daily::double precision AS vol_daily,
       found.weekly::double precision AS vol_weekly,
       found.monthly::double precision AS vol_monthly,
       found.expected_21d::double precision AS expected_vol_21d,
       found.trend AS vol_trend,
       found.trend_strength::double precision AS vol_trend_strength,
       found.percentile::double precision AS vol_percentile,
       found.observations,
       found.model_r_squared::double precision AS model_r_squared,
       365 AS window_days,
       CASE WHEN instrument.kind = 'private' THEN 'no_prices' ELSE found.reason END AS reason,
       analysis.is_stale
FROM rollforward_data.analysed_position AS held
JOIN rollforward_data.analysis USING (account_id, calculation_date)
JOIN rollforward_data.account USING (account_id)
JOIN rollforward_data.instrument USING (instrument_id)
JOIN rollforward_data.instrument AS series ON series.instrument_id = held.series_id
LEFT JOIN LATERAL (
    SELECT known.*
    FROM rollforward_data.series_volatility AS known
    WHERE known.calculation_date = held.calculation_date
      AND known.instrument_id = held.series_id
    OFFSET 0
) AS found ON instrument.kind <> 'private';

COMMENT ON VIEW rollforward.position_volatility IS 'Volatility of what accounts held, by its closes';
