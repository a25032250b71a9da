-- Computes accounts between two dates, atomic per account, in the mode that is set for the scenario.
--
-- In mode auto, as it is by default, that is the batch, and the independent reference for an account that the batch fails for. An
-- account that fails in every way is left as it was and reported, the others stand. What another session computes at the
-- same moment is waited for, and not computed again.
--
-- account_ids            accounts to compute
-- start_date, end_date   both included
-- scenario               manual, import, realtime, backfill or nightly
-- returns                success is false when an account failed, fell_back true when the reference had to step in; errors
--                        holds what the batch, and then the reference, said, and so do notices
-- errors                 22R01 an argument is NULL or unknown, or the range is upside down
-- locks                  the account rows, in id order
CREATE OR REPLACE FUNCTION rollforward.process(
    account_ids bigint[],
    start_date date,
    end_date date,
    scenario text DEFAULT 'manual'
)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off  -- many expressions over rows that nobody can count beforehand: compiling would be a guess
AS $$
DECLARE
    error jsonb;
    result rollforward.batch_result;
BEGIN
    PERFORM rollforward.require_range(start_date, end_date);
    PERFORM rollforward.require_accounts(account_ids);
    PERFORM rollforward.require_choice('scenario', scenario, rollforward.scenarios());

    result := rollforward.coordinate(
        ARRAY(SELECT DISTINCT unnest(account_ids) ORDER BY 1), start_date, end_date, scenario, NULL, NULL);
    FOR error IN SELECT jsonb_array_elements(result.errors) LOOP
        RAISE NOTICE 'account %: %: %', error ->> 'account_id', error ->> 'path', error ->> 'message'
            USING ERRCODE = '00000', DETAIL = error::text;
    END LOOP;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.process IS 'Computes accounts between two dates, atomic per account, in the mode that is set for the scenario';
