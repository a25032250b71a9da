-- Lets an engine of the analytics find what it finds about the accounts of a step. A night has one day, its last.
--
-- returns   as process; snapshots_saved are findings
CREATE OR REPLACE FUNCTION rollforward.perform_analysis(run rollforward_data.run, step rollforward_data.run_step)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_date CONSTANT date := CASE run.scenario WHEN 'nightly' THEN least(run.end_date, rollforward.today()) ELSE run.end_date END;
    first_date CONSTANT date := CASE run.scenario WHEN 'nightly' THEN last_date ELSE run.start_date END;
    found rollforward.analysis_result;
    result rollforward.batch_result := rollforward.nothing_done(NULL);
BEGIN
    -- what an engine could not find makes an analysis that is not whole
    IF step.phase = 'completion'
       AND EXISTS (
           SELECT FROM rollforward_data.run_step AS other
           JOIN rollforward.processing_phase AS declared USING (phase)
           WHERE other.run_id = run.run_id
             AND other.status = 'failed'
             AND declared.is_analysis)
    THEN
        RETURN result;
    END IF;

    found := rollforward.analyse(
        step.account_ids, first_date, last_date, ARRAY[step.phase], run.only_stale AND run.scenario = 'analytics');
    result.snapshots_saved := found.findings;
    result.dates_processed := found.days;
    result.total_ms := found.total_ms;
    result.calculation_ms := found.total_ms;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.perform_analysis IS 'Lets an engine of the analytics find what it finds about the accounts of a step';
