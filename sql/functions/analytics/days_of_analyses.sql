-- The days in a range on which some of the accounts have been analysed.
--
-- relies on   analysis_pkey
CREATE OR REPLACE FUNCTION rollforward.days_of_analyses(account_ids bigint[], start_date date, end_date date)
RETURNS date[]
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(array_agg(DISTINCT analysis.calculation_date), '{}')
    FROM rollforward_data.analysis
    WHERE analysis.account_id = ANY (days_of_analyses.account_ids)
      AND analysis.calculation_date BETWEEN days_of_analyses.start_date AND days_of_analyses.end_date;
END;

COMMENT ON FUNCTION rollforward.days_of_analyses IS 'The days in a range on which some of the accounts have been analysed';
