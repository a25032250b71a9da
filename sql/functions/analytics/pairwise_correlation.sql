-- Correlations of what accounts held, each pair once, on the days they were analysed: of logarithmic returns of 90 calendar days.
--
-- significance   1 less the probability of such a correlation between series that have nothing to do with each other
-- reason         why correlation is NULL: too_few_observations (of 30), constant_prices
-- relies on      analysed_position_pkey, instrument_correlation_pkey: of a day that was analysed just now the planner expects a row
--                or two, and would compare all pairs with all
CREATE OR REPLACE VIEW rollforward.pairwise_correlation AS
SELECT one.account_id,
       account.number AS account_number,
       one.calculation_date,
       least(first_held.symbol, second_held.symbol) AS symbol_1,
       greatest(first_held.symbol, second_held.symbol) AS symbol_2,
       found.correlation::double precision AS correlation,
       found.observations,
       1 - rollforward.correlation_tail(found.correlation, found.observations) AS significance,
       90 AS window_days,
       CASE WHEN found.correlation IS NULL
            THEN CASE WHEN coalesce(found.observations, 0) < 30 THEN 'too_few_observations' ELSE 'constant_prices' END
       END AS reason,
       analysis.is_stale
FROM rollforward_data.analysed_position AS one
JOIN rollforward_data.analysed_position AS other
    ON other.account_id = one.account_id
   AND other.calculation_date = one.calculation_date
   AND other.instrument_id > one.instrument_id
   AND other.is_correlated
JOIN rollforward_data.analysis
    ON analysis.account_id = one.account_id
   AND analysis.calculation_date = one.calculation_date
JOIN rollforward_data.account ON account.account_id = one.account_id
JOIN rollforward_data.instrument AS first_held ON first_held.instrument_id = one.instrument_id
JOIN rollforward_data.instrument AS second_held ON second_held.instrument_id = other.instrument_id
LEFT JOIN LATERAL (
    SELECT known.*
    FROM rollforward_data.instrument_correlation AS known
    WHERE known.calculation_date = one.calculation_date
      AND known.instrument_id = one.instrument_id
      AND known.other_instrument_id = other.instrument_id
    OFFSET 0
) AS found ON true
WHERE one.is_correlated;

COMMENT ON VIEW rollforward.pairwise_correlation IS 'Correlations of what accounts held, each pair once';
