-- Computes only what changed facts made stale, each account from the earliest day a change touched.
--
-- What others record while it computes stays stale, for the next call.
--
-- max_accounts   how many accounts to take at most, in id order; NULL means all that are stale
-- returns        as process; nothing stale is a success with zero counts
-- errors         22R01 max_accounts is not positive
-- locks          the rows of the accounts it takes, in id order
CREATE OR REPLACE FUNCTION rollforward.process_stale(max_accounts integer DEFAULT NULL)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off  -- many expressions over rows that nobody can count beforehand: compiling would be a guess
AS $$
DECLARE
    account_ids bigint[];
    followers bigint[];
    rounds integer := 0;
    result rollforward.batch_result;
BEGIN
    IF max_accounts <= 0 THEN
        RAISE EXCEPTION 'max_accounts must be positive, not %', max_accounts
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'max_accounts', 'value', max_accounts)),
                  HINT = 'Leave it out to compute all accounts that are stale.';
    END IF;

    PERFORM rollforward.resolve_marks();
    SELECT coalesce(array_agg(stale.account_id), '{}')
    INTO account_ids
    FROM (SELECT DISTINCT mark.account_id FROM rollforward_data.stale_mark AS mark
          ORDER BY mark.account_id LIMIT max_accounts) AS stale;

    -- from where on is a matter of each account's marks
    result := rollforward.process(account_ids, 'infinity', 'infinity');

    -- who received other securities by that follows, unless another session is at it, which then does so
    WHILE max_accounts IS NULL AND result.success LOOP
        SELECT array_agg(free.account_id)
        INTO followers
        FROM (
            SELECT account.account_id
            FROM rollforward_data.account
            WHERE account.account_id IN (SELECT rollforward.waiting_receivers(NULL, 'infinity'))
              AND account.account_id <> ALL (account_ids)
            ORDER BY account.account_id
            FOR NO KEY UPDATE SKIP LOCKED
        ) AS free;
        EXIT WHEN followers IS NULL;
        account_ids := account_ids || followers;
        result := rollforward.combined(result, rollforward.process(account_ids, 'infinity', 'infinity'));
        rounds := rollforward.next_round(rounds, followers);
    END LOOP;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.process_stale IS 'Computes only what changed facts made stale';
