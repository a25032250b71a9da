-- Checks the identities between facts and figures of accounts: an error for each broken one.
CREATE OR REPLACE FUNCTION rollforward.judge_ties(account_ids bigint[])
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    result rollforward.batch_result := rollforward.nothing_done(NULL);
BEGIN
    SELECT coalesce(jsonb_agg(rollforward.failure(
               tie.account_id, NULL, true, '01R02', format('%s: %s, not %s', tie.identity, tie.actual, tie.expected),
               tie.key::text, 'check_ties(account_ids) shows it.') -> 0), '[]')
    INTO result.errors
    FROM rollforward.check_ties(account_ids) AS tie;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.judge_ties IS 'Checks the identities between facts and figures of accounts';
