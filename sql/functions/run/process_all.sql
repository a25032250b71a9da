-- Computes accounts between two dates as a run: in chunks, each a transaction, with progress that other sessions can see.
--
-- The views run, run_step and run_error show it. cancel_run(run_id), or cancelling the call, stops it; what is done stays, and
-- resume_run(run_id) does the rest. Called for the same while it runs, it joins that run.
--
-- start_date, end_date   both included; infinity means as far as facts go
-- chunk_size             accounts in a chunk; NULL means the setting chunk_size
-- scenario               manual, import, realtime, backfill or nightly, which has phases of its own: see processing_phase
-- mode                   auto, batch, per_date or shadow; NULL: what is set for the scenario
-- account_ids            NULL means all
-- run_id                 what is passed does not matter; returned is the number of the run
-- errors                 22R01 an argument is unknown, NULL or out of its range; 57014 the run was cancelled
--                        2D000 called within a transaction
CREATE OR REPLACE PROCEDURE rollforward.process_all(
    start_date date,
    end_date date,
    chunk_size integer DEFAULT 500,
    scenario text DEFAULT 'manual',
    mode text DEFAULT NULL,
    account_ids bigint[] DEFAULT NULL,
    INOUT run_id bigint DEFAULT NULL
)
LANGUAGE plpgsql
AS $$
BEGIN
    -- what others have committed is seen, whatever the session's default
    COMMIT;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    run_id := rollforward.start_run(account_ids, start_date, end_date, chunk_size, scenario, mode);
    COMMIT;
    CALL rollforward.work_on_run(run_id);
END
$$;

COMMENT ON PROCEDURE rollforward.process_all IS 'Computes accounts between two dates as a run, in chunks';
