-- Checks the identities that hold between facts and figures: a row per broken one and per orphan closing, nothing else.
--
-- Looks at each account up to the day it is computed to; what is stale behind that is not judged.
--
-- account_ids   accounts to check; NULL means all
-- returns       identity: which one; key: of what; expected and actual: both sides of it. An orphan closing has the
--               quantity it closed as expected and what of it found a lot as actual
-- errors        22R01 an account is unknown
CREATE OR REPLACE FUNCTION rollforward.check_ties(account_ids bigint[] DEFAULT NULL)
RETURNS TABLE (account_id bigint, identity text, key jsonb, expected numeric, actual numeric)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF check_ties.account_ids IS NOT NULL THEN
        PERFORM rollforward.require_accounts(check_ties.account_ids);
    END IF;

    RETURN QUERY
    SELECT * FROM rollforward.tie_lots(check_ties.account_ids)
    UNION ALL
    SELECT * FROM rollforward.tie_flat_positions(check_ties.account_ids)
    UNION ALL
    SELECT * FROM rollforward.tie_totals(check_ties.account_ids)
    UNION ALL
    SELECT * FROM rollforward.tie_values(check_ties.account_ids)
    UNION ALL
    SELECT * FROM rollforward.tie_transfers(check_ties.account_ids)
    UNION ALL
    SELECT * FROM rollforward.tie_equity(check_ties.account_ids)
    UNION ALL
    SELECT orphan.account_id, 'orphan closing',
           jsonb_build_object('movement_id', orphan.movement_id, 'symbol', orphan.symbol,
                              'accounting_date', orphan.accounting_date, 'kind', orphan.kind),
           orphan.quantity::numeric, orphan.matched_quantity::numeric
    FROM rollforward.orphan_closing AS orphan
    WHERE check_ties.account_ids IS NULL OR orphan.account_id = ANY (check_ties.account_ids)
    ORDER BY 1, 2, 3;
END
$$;

COMMENT ON FUNCTION rollforward.check_ties IS 'Checks that figures tie to facts: a row per broken identity and per orphan closing';
