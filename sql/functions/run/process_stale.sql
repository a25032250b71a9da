-- Computes only what changed facts made stale, each account from the earliest day a change touched.
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
AS $$
DECLARE
    account_ids bigint[];
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
    RETURN rollforward.process(account_ids, 'infinity', 'infinity');
END
$$;

COMMENT ON FUNCTION rollforward.process_stale IS 'Computes only what changed facts made stale';
