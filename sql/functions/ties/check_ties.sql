-- Checks the identities that hold between facts and figures: a row per broken one, per orphan closing and per transfer whose
-- legs do not match, nothing else.
--
-- Looks at each account up to the day it is computed to; what is stale behind that is not judged.
--
-- account_ids   accounts to check; NULL means all
-- returns       identity: which one; key: of what; expected and actual: both sides of it. An orphan closing has the
--               quantity it closed as expected and what of it found a lot as actual; a leg of a transfer its
--               quantity, and what of it found its other leg
-- errors        22R01 an account is unknown
CREATE OR REPLACE FUNCTION rollforward.check_ties(account_ids bigint[] DEFAULT NULL)
RETURNS TABLE (account_id bigint, identity text, key jsonb, expected numeric, actual numeric)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off  -- many expressions over rows that nobody can count beforehand: compiling would be a guess
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
    UNION ALL
    SELECT leg.account_id, 'transfer without its other leg',
           jsonb_build_object('movement_id', movement.movement_id, 'symbol', instrument.symbol,
                              'accounting_date', movement.accounting_date, 'kind', movement.kind,
                              'external_id', movement.external_id, 'other_legs', leg.other_legs),
           leg.quantity, leg.travelled
    FROM rollforward.unmatched_transfer(check_ties.account_ids) AS leg
    JOIN rollforward_data.movement
        ON movement.account_id = leg.account_id
       AND movement.movement_id = leg.movement_id
    JOIN rollforward_data.instrument USING (instrument_id)
    JOIN rollforward.settled_account AS settled
        ON settled.account_id = leg.account_id
       AND movement.accounting_date <= settled.settled_until
    ORDER BY 1, 2, 3;
END
$$;

COMMENT ON FUNCTION rollforward.check_ties IS 'Checks that figures tie to facts: a row per broken identity, orphan closing, and transfer whose legs do not match';
