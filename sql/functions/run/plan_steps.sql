-- Writes down the steps of a run, its phases in their order, each in chunks of accounts: of all that have none yet.
CREATE OR REPLACE FUNCTION rollforward.plan_steps(run_id bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    run rollforward_data.run;
BEGIN
    SELECT * INTO run FROM rollforward_data.run AS planned WHERE planned.run_id = plan_steps.run_id;

    INSERT INTO rollforward_data.run_step (run_id, step_no, phase, account_ids)
    WITH phase AS (
        SELECT declared.phase, declared.place, declared.is_chunked
        FROM rollforward.processing_phase AS declared
        WHERE declared.phase = ANY (rollforward.phases_of(run.scenario, run.only_stale))
    ),
    subject AS (
        SELECT phase.phase, phase.place, account.account_id,
               CASE WHEN phase.is_chunked
                    THEN (row_number() OVER (PARTITION BY phase.phase ORDER BY account.account_id) - 1) / run.chunk_size
                    ELSE 0
               END AS chunk
        FROM phase
        CROSS JOIN rollforward_data.account
        WHERE (run.account_ids IS NULL OR account.account_id = ANY (run.account_ids))
          AND (phase.phase, account.account_id) NOT IN (
              SELECT planned.phase, unnest(planned.account_ids)
              FROM rollforward_data.run_step AS planned
              WHERE planned.run_id = run.run_id)
          AND CASE phase.phase
                  WHEN 'stale' THEN account.account_id IN (
                      SELECT stale.account_id FROM rollforward.stale_account AS stale
                      WHERE stale.from_date <= run.end_date)
                  WHEN 'receivers' THEN EXISTS (
                      SELECT FROM rollforward_data.movement
                      WHERE movement.account_id = account.account_id
                        AND movement.kind = 'securities_in')
                  WHEN 'ties' THEN true
                  ELSE run.scenario <> 'analytics'
                       OR NOT run.only_stale
                       OR account.account_id IN (SELECT stale.account_id FROM rollforward.stale_analysis AS stale)
              END
    )
    SELECT run.run_id,
           (SELECT count(*) FROM rollforward_data.run_step AS planned WHERE planned.run_id = run.run_id)
               + row_number() OVER (ORDER BY subject.place, subject.chunk),
           subject.phase,
           array_agg(subject.account_id ORDER BY subject.account_id)
    FROM subject
    GROUP BY subject.place, subject.phase, subject.chunk;
END
$$;

COMMENT ON FUNCTION rollforward.plan_steps IS 'Writes down the steps of a run';
