-- Analyses that wait to be made anew: prices, snapshots or definitions have changed, or an engine is not through.
--
-- Those of an account that waits to be computed itself are among them, from its first stale day on.
CREATE OR REPLACE VIEW rollforward.stale_analysis AS
SELECT analysis.account_id, account.number AS account_number, analysis.calculation_date
FROM rollforward_data.analysis
JOIN rollforward_data.account USING (account_id)
WHERE analysis.is_stale
   OR NOT analysis.is_whole
UNION
SELECT touched.account_id, account.number, touched.calculation_date
FROM rollforward.touched_analysis AS touched
JOIN rollforward_data.account USING (account_id)
UNION
SELECT stale.account_id, stale.account_number, analysis.calculation_date
FROM rollforward.stale_account AS stale
JOIN rollforward_data.analysis
    ON analysis.account_id = stale.account_id
   AND analysis.calculation_date >= stale.from_date;

COMMENT ON VIEW rollforward.stale_analysis IS 'Analyses that wait to be made anew';
