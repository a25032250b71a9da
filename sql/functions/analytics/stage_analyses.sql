-- Stages the analyses of accounts in a range, and what they held: analysis_case, analysis_position, with the columns of analysis and
-- analysed_position.
--
-- Engines read them here and not where they are stored: of a day that was written down just now the planner would know nothing.
--
-- relies on   analysis_pkey, analysed_position_pkey
CREATE OR REPLACE FUNCTION rollforward.stage_analyses(account_ids bigint[], start_date date, end_date date)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_case', 'rollforward_data.analysis');
    INSERT INTO analysis_case
    SELECT analysis.*
    FROM rollforward_data.analysis
    WHERE analysis.account_id = ANY (stage_analyses.account_ids)
      AND analysis.calculation_date BETWEEN stage_analyses.start_date AND stage_analyses.end_date;
    ANALYZE analysis_case;

    PERFORM rollforward.prepare_own_stage('analysis_position', 'rollforward_data.analysed_position');
    INSERT INTO analysis_position
    SELECT held.*
    FROM rollforward_data.analysed_position AS held
    WHERE held.account_id = ANY (stage_analyses.account_ids)
      AND held.calculation_date BETWEEN stage_analyses.start_date AND stage_analyses.end_date;
    ANALYZE analysis_position;
END
$$;

COMMENT ON FUNCTION rollforward.stage_analyses IS 'Stages the analyses of accounts in a range, and what they held';
