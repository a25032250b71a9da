-- Stages what is written down of the accounts and days in analysis_scope: analysis_case, analysis_position, with the columns of
-- analysis and analysed_position.
--
-- Engines read them here and not where they are stored: of a day that was written down just now the planner would know nothing.
--
-- relies on   analysis_pkey, analysed_position_pkey
CREATE OR REPLACE FUNCTION rollforward.stage_analyses()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_case', 'rollforward_data.analysis');
    INSERT INTO analysis_case
    SELECT analysis.*
    FROM analysis_scope AS scope
    JOIN rollforward_data.analysis USING (account_id, calculation_date);
    ANALYZE analysis_case;

    PERFORM rollforward.prepare_own_stage('analysis_position', 'rollforward_data.analysed_position');
    INSERT INTO analysis_position
    SELECT held.*
    FROM analysis_scope AS scope
    JOIN rollforward_data.analysed_position AS held USING (account_id, calculation_date);
    ANALYZE analysis_position;
END
$$;

COMMENT ON FUNCTION rollforward.stage_analyses IS 'Stages what is written down of the accounts and days that are analysed';
