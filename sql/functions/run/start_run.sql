-- Begins a run: writes down what is asked for, in steps of some accounts each, and computes nothing yet.
--
-- Who asks for the same as a run that is not over, running or interrupted, gets that run and does what is left of it, with the
-- others if there are any; what facts have changed since is computed once more in it.
--
-- account_ids            accounts to compute; NULL means all there are
-- start_date, end_date   both included; infinity means as far as facts go
-- chunk_size             accounts in a step, at most; NULL means the setting chunk_size
-- scenario               manual, import, realtime, backfill or nightly
-- mode                   auto, batch, per_date or shadow; NULL: what is set for the scenario
-- only_stale             only accounts that are stale, each from the day it is stale from
-- returns                the number of the run; work_on_run computes it
-- errors                 22R01 an argument is unknown, NULL or out of its range
CREATE OR REPLACE FUNCTION rollforward.start_run(
    account_ids bigint[],
    start_date date,
    end_date date,
    chunk_size integer DEFAULT NULL,
    scenario text DEFAULT 'manual',
    mode text DEFAULT NULL,
    only_stale boolean DEFAULT false
)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    request bytea;
    started bigint;
BEGIN
    PERFORM rollforward.require_range(start_date, end_date);
    PERFORM rollforward.require_choice('scenario', scenario, rollforward.scenarios());
    IF mode IS NOT NULL THEN
        PERFORM rollforward.require_choice('mode', mode, rollforward.modes());
    END IF;
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

COMMENT ON FUNCTION rollforward.start_run IS 'Begins a run: writes down what is asked for, in steps of some accounts each';
