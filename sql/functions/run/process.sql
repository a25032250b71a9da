-- Computes accounts between two dates, atomic per account: the batch first, the reference for what it cannot do.
--
-- If the batch fails, each account is tried on its own, then by the independent reference; an account that fails
-- both ways is left as it was and reported, the others stand.
--
-- account_ids            accounts to compute
-- start_date, end_date   both included
-- scenario               manual, import, realtime, backfill or nightly
-- returns                success is false when an account failed both ways, fell_back true when the reference
--                        had to step in; errors holds what the batch, and then the reference, said
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
    result rollforward.batch_result;
    subject bigint;
BEGIN
    PERFORM rollforward.require_range(start_date, end_date);
    PERFORM rollforward.require_accounts(account_ids);
    IF scenario IS NULL OR scenario NOT IN ('manual', 'import', 'realtime', 'backfill', 'nightly') THEN
        RAISE EXCEPTION 'unknown scenario: %', coalesce(scenario, 'NULL')
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'scenario', 'value', scenario)),
                  HINT = 'Scenarios are manual, import, realtime, backfill and nightly.';
    END IF;

    -- here, so that what is found out stays when the batch fails
    PERFORM rollforward.refresh_statistics();
    BEGIN
        RETURN rollforward.process_batch(account_ids, start_date, end_date);
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected OR lock_not_available THEN
            RAISE;
        WHEN OTHERS THEN
            NULL;
    END;

    result := ROW(NULL, true, 'batch', false, 0, 0, 0, 0, 0, 0, 0, '[]', 0, NULL);
    FOR subject IN SELECT DISTINCT unnest(account_ids) ORDER BY 1 LOOP
        result := rollforward.combined(result, rollforward.process_one(subject, start_date, end_date));
    END LOOP;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.process IS 'Computes accounts between two dates, atomic per account, with fallback to the reference';
