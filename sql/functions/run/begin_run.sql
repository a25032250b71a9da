-- Writes down a run and its steps, or finds the one that is not over and asks for the same.
--
-- For start_run() and start_analysis(), which say what the arguments are and check the range.
--
-- returns   the number of the run
-- errors    22R01 an account is unknown, only_stale is NULL, or chunk_size is not positive
CREATE OR REPLACE FUNCTION rollforward.begin_run(
    account_ids bigint[],
    start_date date,
    end_date date,
    chunk_size integer,
    scenario text,
    mode text,
    only_stale boolean
)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    request bytea;
    started bigint;
BEGIN
    IF account_ids IS NOT NULL THEN
        PERFORM rollforward.require_accounts(account_ids);
        account_ids := ARRAY(SELECT DISTINCT unnest(account_ids) ORDER BY 1);
    END IF;
    chunk_size := coalesce(
        chunk_size, (SELECT setting.value::integer FROM rollforward.setting WHERE setting.name = 'chunk_size'));
    PERFORM rollforward.given(only_stale, 'only_stale');
    IF chunk_size < 1 THEN
        RAISE EXCEPTION 'chunk_size must be positive, not %', chunk_size
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'chunk_size', 'value', chunk_size)),
                  HINT = 'It says how many accounts are computed in a transaction.';
    END IF;

    request := rollforward.request_digest(account_ids, start_date, end_date, scenario, mode, only_stale);
    PERFORM pg_advisory_xact_lock(hashtextextended('rollforward run ' || encode(request, 'hex'), 0));
    SELECT run.run_id INTO started
    FROM rollforward_data.run
    WHERE run.request = request
      AND run.status = 'running'
      AND NOT run.is_cancel_requested
    ORDER BY run.run_id DESC
    LIMIT 1
    FOR NO KEY UPDATE;
    IF started IS NOT NULL THEN
        PERFORM rollforward.reopen_steps(started);
        RETURN started;
    END IF;

    INSERT INTO rollforward_data.run (
        request, account_ids, scenario, mode, start_date, end_date, only_stale, chunk_size, version, requested_by)
    VALUES (request, account_ids, scenario, mode, start_date, end_date, only_stale, chunk_size,
            rollforward.deployed_version(), session_user)
    RETURNING run_id INTO started;
    PERFORM rollforward.plan_steps(started);
    RETURN started;
END
$$;

COMMENT ON FUNCTION rollforward.begin_run IS 'Writes down a run and its steps, or finds the one that asks for the same';
