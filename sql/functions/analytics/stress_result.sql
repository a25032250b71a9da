-- What scenarios would do to accounts, as of the days they were analysed, in their base currency: see find_stress().
--
-- correlation_effect   what moving along adds to the direct effect
-- impacts              direct effect by factor, as a JSON object
-- is_floored           the loss would have been larger than what is held
CREATE OR REPLACE VIEW rollforward.stress_result AS
SELECT found.account_id,
       account.number AS account_number,
       found.calculation_date,
       scenario.name AS scenario,
       scenario.category,
       scenario.severity,
       found.direct_pnl::double precision AS direct_pnl,
       found.correlated_pnl::double precision AS correlated_pnl,
       (found.correlated_pnl - found.direct_pnl)::double precision AS correlation_effect,
       CASE WHEN analysis.reason IS NULL
            THEN found.correlated_pnl::double precision / analysis.equity::double precision
       END AS part_of_equity,
       analysis.currency,
       found.impacts,
       found.is_floored,
       found.reason,
       analysis.is_stale
FROM rollforward_data.account_stress AS found
JOIN rollforward_data.analysis USING (account_id, calculation_date)
JOIN rollforward_data.account USING (account_id)
JOIN rollforward_data.scenario USING (scenario_id);

COMMENT ON VIEW rollforward.stress_result IS 'What scenarios would do to accounts';
