-- Runs: what was asked to be computed, in steps of some accounts each, how far they have come, and what went wrong.
-- depends: 0006.audit

CREATE TABLE rollforward_data.processing_mode (
    scenario text NOT NULL,
    mode text NOT NULL,
    batch_percent integer NOT NULL DEFAULT 100,
    CONSTRAINT processing_mode_pkey PRIMARY KEY (scenario),
    CONSTRAINT processing_mode_scenario CHECK (scenario IN ('manual', 'import', 'realtime', 'backfill', 'nightly')),
    CONSTRAINT processing_mode_mode CHECK (mode IN ('auto', 'batch', 'per_date', 'shadow')),
    CONSTRAINT processing_mode_batch_percent CHECK (batch_percent BETWEEN 0 AND 100)
);
COMMENT ON TABLE rollforward_data.processing_mode IS 'How accounts are computed in the scenarios that are not at their default';
COMMENT ON COLUMN rollforward_data.processing_mode.batch_percent IS
    'How many accounts in a hundred are computed so; the others by the reference';

-- Only the look-back is part of what figures depend on.
DROP TRIGGER mark_changed ON rollforward_data.setting;
CREATE TRIGGER mark_inserted AFTER INSERT ON rollforward_data.setting
    FOR EACH ROW WHEN (NEW.name = 'lookback_days') EXECUTE FUNCTION rollforward_data.mark_all_accounts();
CREATE TRIGGER mark_updated AFTER UPDATE ON rollforward_data.setting
    FOR EACH ROW WHEN ('lookback_days' IN (OLD.name, NEW.name)) EXECUTE FUNCTION rollforward_data.mark_all_accounts();
CREATE TRIGGER mark_deleted AFTER DELETE ON rollforward_data.setting
    FOR EACH ROW WHEN (OLD.name = 'lookback_days') EXECUTE FUNCTION rollforward_data.mark_all_accounts();
CREATE TRIGGER mark_truncated AFTER TRUNCATE ON rollforward_data.setting
    FOR EACH STATEMENT EXECUTE FUNCTION rollforward_data.mark_all_accounts();

CREATE TABLE rollforward_data.run (
    run_id bigint GENERATED ALWAYS AS IDENTITY,
    request bytea NOT NULL,
    account_ids bigint[],
    scenario text NOT NULL,
    mode text,
    start_date date NOT NULL,
    end_date date NOT NULL,
    only_stale boolean NOT NULL,
    chunk_size integer NOT NULL,
    version text,
    requested_by text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    status text NOT NULL DEFAULT 'running',
    is_cancel_requested boolean NOT NULL DEFAULT false,
    CONSTRAINT run_pkey PRIMARY KEY (run_id),
    CONSTRAINT run_status CHECK (status IN ('running', 'succeeded', 'failed', 'cancelled')),
    CONSTRAINT run_finished_or_running CHECK ((finished_at IS NULL) = (status = 'running'))
);
COMMENT ON TABLE rollforward_data.run IS 'What was asked to be computed, and what became of it';
COMMENT ON COLUMN rollforward_data.run.request IS 'Digest of what was asked for: who asks for the same before it is over joins it';
COMMENT ON COLUMN rollforward_data.run.account_ids IS 'The accounts that were asked for; NULL: all';
COMMENT ON COLUMN rollforward_data.run.mode IS 'The mode that was asked for; NULL: what is set for the scenario';
COMMENT ON COLUMN rollforward_data.run.version IS 'Of the functions that were deployed when it began';

-- A step is computed in the transaction that holds the lock of its row: when a worker dies, another one can take it.
CREATE TABLE rollforward_data.run_step (
    run_id bigint NOT NULL,
    step_no integer NOT NULL,
    phase text NOT NULL,
    account_ids bigint[] NOT NULL,
    status text NOT NULL DEFAULT 'waiting',
    attempts integer NOT NULL DEFAULT 0,
    worker_pid integer,
    started_at timestamptz,
    finished_at timestamptz,
    result jsonb,
    CONSTRAINT run_step_pkey PRIMARY KEY (run_id, step_no),
    CONSTRAINT run_step_run_fkey FOREIGN KEY (run_id) REFERENCES rollforward_data.run ON DELETE CASCADE,
    CONSTRAINT run_step_status CHECK (status IN ('waiting', 'done', 'failed'))
);
COMMENT ON TABLE rollforward_data.run_step IS 'Parts of runs: some accounts, one phase, one transaction';
COMMENT ON COLUMN rollforward_data.run_step.result IS 'The batch_result of the step';

CREATE TABLE rollforward_data.run_error (
    error_id bigint GENERATED ALWAYS AS IDENTITY,
    run_id bigint NOT NULL,
    step_no integer NOT NULL,
    account_id bigint,
    snapshot_date date,
    path text,
    recovered boolean NOT NULL,
    sqlstate text NOT NULL,
    message text NOT NULL,
    detail text,
    hint text,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT run_error_pkey PRIMARY KEY (error_id),
    CONSTRAINT run_error_step_fkey FOREIGN KEY (run_id, step_no) REFERENCES rollforward_data.run_step ON DELETE CASCADE
);
-- Serves the errors of a run.
CREATE INDEX run_error_step_idx ON rollforward_data.run_error (run_id, step_no);
COMMENT ON TABLE rollforward_data.run_error IS 'What went wrong in runs; what was computed beside it stands';
COMMENT ON COLUMN rollforward_data.run_error.path IS 'What failed: batch, per_date, or the step itself (NULL)';

-- What the batch and the reference do not agree on, found in mode shadow. Belongs to a run, or to a plain call (run_id NULL).
CREATE TABLE rollforward_data.shadow_difference (
    difference_id bigint GENERATED ALWAYS AS IDENTITY,
    run_id bigint,
    account_id bigint NOT NULL,
    object text NOT NULL,
    key jsonb NOT NULL,
    field text NOT NULL,
    stored text,
    expected text,
    found_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT shadow_difference_pkey PRIMARY KEY (difference_id),
    CONSTRAINT shadow_difference_run_fkey FOREIGN KEY (run_id) REFERENCES rollforward_data.run ON DELETE CASCADE
);
-- Serves the differences of a run.
CREATE INDEX shadow_difference_run_idx ON rollforward_data.shadow_difference (run_id);
COMMENT ON TABLE rollforward_data.shadow_difference IS 'What the batch and the reference do not agree on, found in mode shadow';

-- Calls of the coordinator, by runs or by themselves.
CREATE TABLE rollforward_data.processing_call (
    call_id bigint GENERATED ALWAYS AS IDENTITY,
    request bytea NOT NULL,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    run_id bigint,
    scenario text NOT NULL,
    mode text NOT NULL,
    accounts integer NOT NULL,
    fell_back integer NOT NULL,
    failed integer NOT NULL,
    snapshots_saved bigint NOT NULL,
    movements_processed bigint NOT NULL,
    took_ms numeric(14, 3) NOT NULL,
    called_at timestamptz NOT NULL,
    CONSTRAINT processing_call_pkey PRIMARY KEY (call_id)
);
-- Serves who waited for another session's call of the same.
CREATE INDEX processing_call_request_idx ON rollforward_data.processing_call (request, call_id);
COMMENT ON TABLE rollforward_data.processing_call IS 'Calls of the coordinator, by runs or by themselves';
COMMENT ON COLUMN rollforward_data.processing_call.accounts IS 'How many accounts it computed; of these, fell_back by the reference, failed not at all';
