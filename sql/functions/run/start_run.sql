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
BEGIN
    PERFORM rollforward.require_range(start_date, end_date);
    PERFORM rollforward.require_choice('scenario', scenario, rollforward.scenarios());
    IF mode IS NOT NULL THEN
        PERFORM rollforward.require_choice('mode', mode, rollforward.modes());
    END IF;
    RETURN rollforward.begin_run(account_ids, start_date, end_date, chunk_size, scenario, mode, only_stale);
END
$$;

COMMENT ON FUNCTION rollforward.start_run IS 'Begins a run: writes down what is asked for, in steps of some accounts each';
