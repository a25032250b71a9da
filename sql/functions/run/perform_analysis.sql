-- Lets an engine of the analytics find what it finds about the accounts of a step.
--
-- The holdings of the days asked for make their analyses ones that are not whole; those the other engines look at. A night is
-- about its last day, and about what is stale.
--
-- returns   as process; snapshots_saved are findings
CREATE OR REPLACE FUNCTION rollforward.perform_analysis(run rollforward_data.run, step rollforward_data.run_step)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    is_night CONSTANT boolean := run.scenario = 'nightly';
    last_day CONSTANT date := least(run.end_date, rollforward.today());
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

    IF is_night AND step.phase = 'holdings' THEN
        found := rollforward.analyse(step.account_ids, last_day, last_day, ARRAY[step.phase]);
        result.snapshots_saved := found.findings;
        result.total_ms := found.total_ms;
    END IF;
    found := rollforward.analyse(
        step.account_ids,
        CASE WHEN is_night THEN '-infinity' ELSE run.start_date END,
        CASE WHEN is_night THEN 'infinity' ELSE run.end_date END,
        ARRAY[step.phase],
        is_night OR run.only_stale OR step.phase <> 'holdings');
    result.snapshots_saved := result.snapshots_saved + found.findings;
    result.dates_processed := found.days;
    result.total_ms := result.total_ms + found.total_ms;
    result.calculation_ms := result.total_ms;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.perform_analysis IS 'Lets an engine of the analytics find what it finds about the accounts of a step';
