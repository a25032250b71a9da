-- The strongest tie: where a position is flat and has no orphan, its realized gain equals the sum of its cash.
--
-- Instruments that lots, or premiums, moved from one to the other are one position here. Securities transferred in or out
-- count as cash at their cost.
CREATE OR REPLACE FUNCTION rollforward.tie_flat_positions(account_ids bigint[])
RETURNS TABLE (account_id bigint, identity text, key jsonb, expected numeric, actual numeric)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH RECURSIVE step AS (
        SELECT movement.account_id, movement.currency::text AS currency, movement.instrument_id AS from_id,
               movement.to_instrument_id AS to_id
        FROM rollforward_data.movement
        WHERE movement.to_instrument_id IS NOT NULL
        UNION
        SELECT slice.account_id, slice.currency, slice.instrument_id, slice.carried_to
        FROM rollforward_data.lot_slice AS slice
        WHERE slice.carried_to <> slice.instrument_id
        UNION
        -- a premium that went to the shares delivered
        SELECT movement.account_id, movement.currency, movement.instrument_id, share.instrument_id
        FROM rollforward_data.movement
        JOIN rollforward_data.account USING (account_id)
        JOIN rollforward_data.instrument AS contract ON contract.instrument_id = movement.instrument_id
        JOIN rollforward_data.instrument AS share ON share.symbol = contract.underlying
        WHERE movement.kind IN ('assignment', 'exercise')
          AND account.premium_in_cost
    ),
    link AS (
        SELECT step.account_id, step.currency, pair.from_id, pair.to_id
        FROM step
        CROSS JOIN LATERAL (VALUES (step.from_id, step.to_id), (step.to_id, step.from_id)) AS pair (from_id, to_id)
        WHERE tie_flat_positions.account_ids IS NULL OR step.account_id = ANY (tie_flat_positions.account_ids)
    ),
    reach (account_id, currency, instrument_id, chain) AS (
        SELECT link.account_id, link.currency, link.from_id, link.from_id FROM link
        UNION
        SELECT reach.account_id, reach.currency, link.to_id, reach.chain
        FROM reach
        JOIN link
            ON link.account_id = reach.account_id
           AND link.currency = reach.currency
           AND link.from_id = reach.instrument_id
    ),
    chain AS (
        SELECT reach.account_id, reach.currency, reach.instrument_id, min(reach.chain) AS chain
        FROM reach
        GROUP BY reach.account_id, reach.currency, reach.instrument_id
    ),
    traded AS (
        SELECT leg.account_id, leg.currency, leg.instrument_id,
               sum(leg.amount - CASE WHEN account.costs_in_lot THEN leg.commission + leg.fee + leg.tax ELSE 0 END) AS cash
        FROM rollforward.movement_leg AS leg
        JOIN rollforward_data.account USING (account_id)
        JOIN rollforward.settled_account AS settled USING (account_id)
        WHERE leg.kind IN ('buy', 'sell', 'expiration', 'assignment', 'exercise')
          AND leg.is_main
          AND leg.accounting_date <= settled.settled_until
          AND (tie_flat_positions.account_ids IS NULL OR leg.account_id = ANY (tie_flat_positions.account_ids))
        GROUP BY leg.account_id, leg.currency, leg.instrument_id
    ),
    travelled AS (
        SELECT moved.account_id, moved.currency, moved.instrument_id, sum(moved.cost) AS cost
        FROM rollforward.travelled_cost AS moved
        JOIN rollforward.settled_account AS settled USING (account_id)
        WHERE moved.on_date <= settled.settled_until
          AND (tie_flat_positions.account_ids IS NULL OR moved.account_id = ANY (tie_flat_positions.account_ids))
        GROUP BY moved.account_id, moved.currency, moved.instrument_id
    ),
    lot AS (
        SELECT slice.account_id, slice.currency, slice.instrument_id,
               sum(slice.gain) FILTER (WHERE slice.closed_on <= settled.settled_until) AS gain,
               bool_or(slice.closed_by IS NULL OR slice.closed_on > settled.settled_until) AS is_open
        FROM rollforward_data.lot_slice AS slice
        JOIN rollforward.settled_account AS settled USING (account_id)
        WHERE slice.entered_on <= settled.settled_until
          AND (tie_flat_positions.account_ids IS NULL OR slice.account_id = ANY (tie_flat_positions.account_ids))
        GROUP BY slice.account_id, slice.currency, slice.instrument_id
    ),
    orphaned AS (
        SELECT DISTINCT orphan.account_id, orphan.currency, orphan.instrument_id
        FROM rollforward.orphan_closing AS orphan
    ),
    position AS (
        SELECT coalesce(traded.account_id, lot.account_id) AS account_id,
               coalesce(traded.currency, lot.currency) AS currency,
               coalesce(traded.instrument_id, lot.instrument_id) AS instrument_id,
               coalesce(traded.cash, 0) - coalesce(travelled.cost, 0) AS cash,
               coalesce(lot.gain, 0) AS gain,
               coalesce(lot.is_open, false) AS is_open
        FROM traded
        FULL JOIN lot
            ON lot.account_id = traded.account_id
           AND lot.currency = traded.currency
           AND lot.instrument_id = traded.instrument_id
        LEFT JOIN travelled
            ON travelled.account_id = lot.account_id
           AND travelled.currency = lot.currency
           AND travelled.instrument_id = lot.instrument_id
    ),
    chained AS (
        SELECT position.account_id, position.currency,
               coalesce(chain.chain, position.instrument_id) AS chain,
               sum(position.cash) AS cash,
               sum(position.gain) AS gain
        FROM position
        LEFT JOIN chain
            ON chain.account_id = position.account_id
           AND chain.currency = position.currency
           AND chain.instrument_id = position.instrument_id
        LEFT JOIN orphaned
            ON orphaned.account_id = position.account_id
           AND orphaned.currency = position.currency
           AND orphaned.instrument_id = position.instrument_id
        GROUP BY position.account_id, position.currency, coalesce(chain.chain, position.instrument_id)
        HAVING NOT bool_or(position.is_open)
           AND count(orphaned.instrument_id) = 0
    )
    SELECT chained.account_id, 'flat position: realized = cash',
           jsonb_build_object('instrument_id', chained.chain, 'currency', chained.currency),
           chained.cash, chained.gain
    FROM chained
    WHERE chained.cash <> chained.gain;
END;

COMMENT ON FUNCTION rollforward.tie_flat_positions IS 'Flat positions without orphan whose realized gain differs from their cash';
