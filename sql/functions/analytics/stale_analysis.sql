-- Analyses that wait to be made anew: prices, snapshots or definitions have changed, or an engine is not through.
CREATE OR REPLACE VIEW rollforward.stale_analysis AS
SELECT analysis.account_id, account.number AS account_number, analysis.calculation_date
FROM rollforward_data.analysis
JOIN rollforward_data.account USING (account_id)
WHERE analysis.is_stale OR NOT analysis.is_whole;

COMMENT ON VIEW rollforward.stale_analysis IS 'Analyses that wait to be made anew';
