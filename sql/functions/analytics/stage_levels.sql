-- Stages closes of instruments, adjusted for splits, with the returns on them: analysis_level.
--
-- from_date, to_date   closes of these days, both included
CREATE OR REPLACE FUNCTION rollforward.stage_levels(instrument_ids bigint[], from_date date, to_date date)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_level', 'rollforward.analysed_level');
    INSERT INTO analysis_level
    SELECT level.* FROM rollforward.adjusted_levels(instrument_ids, from_date, to_date) AS level;
    ANALYZE analysis_level;
END
$$;

COMMENT ON FUNCTION rollforward.stage_levels IS 'Stages closes of instruments, adjusted for splits, with the returns on them';
