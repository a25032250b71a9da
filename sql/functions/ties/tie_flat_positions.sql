-- The strongest tie: where a position is flat and has no orphan, its realized gain equals the sum of its cash.
--
-- Contracts that strike adjustments lead from one to the other are one position here. Securities transferred in or
-- out count as cash at their cost.
CREATE OR REPLACE FUNCTION rollforward.tie_flat_positions(account_ids bigint[])
RETURNS TABLE (account_id bigint, identity text, key jsonb, expected numeric, actual numeric)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH RECURSIVE link AS (
        SELECT movement.account_id, movement.currency, pair.from_id, pair.to_id
        FROM rollforward_data.movement
        CROSS JOIN LATERAL (VALUES
            (movement.instrument_id, movement.to_instrument_id),
            (movement.to_instrument_id, movement.instrument_id)
        ) AS pair (from_id, to_id)
        WHERE movement.to_instrument_id IS NOT NULL
          AND (tie_flat_positions.account_ids IS NULL OR movement.account_id = ANY (tie_flat_positions.account_ids))
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
        SELECT movement.account_id, movement.currency, movement.instrument_id,
               sum(movement.amount
                   - CASE WHEN account.costs_in_lot THEN movement.commission + movement.fee + movement.tax ELSE 0 END
                   - CASE WHEN movement.kind = 'securities_in'
                          THEN CASE coalesce(movement.side, 'long') WHEN 'long' THEN 1 ELSE -1 END
                               * round(movement.quantity * coalesce(movement.price, 0) * instrument.multiplier, 8)
                          ELSE 0
                     END) AS cash
        FROM rollforward_data.movement
        JOIN rollforward_data.account USING (account_id)
        JOIN rollforward_data.instrument USING (instrument_id)
        JOIN rollforward.settled_account AS settled USING (account_id)
        WHERE movement.effect IS NOT NULL
          AND movement.accounting_date <= settled.settled_until
          AND (tie_flat_positions.account_ids IS NULL OR movement.account_id = ANY (tie_flat_positions.account_ids))
        GROUP BY movement.account_id, movement.currency, movement.instrument_id
    ),
    lot AS (
        SELECT slice.account_id, slice.currency, slice.instrument_id,
               sum(slice.gain) FILTER (WHERE slice.closed_on <= settled.settled_until) AS gain,
               sum(CASE slice.side WHEN 'long' THEN slice.cost ELSE -slice.cost END)
                   FILTER (WHERE closing.kind = 'securities_out' AND slice.closed_on <= settled.settled_until) AS left_at_cost,
               bool_or(slice.closed_by IS NULL OR slice.closed_on > settled.settled_until) AS is_open
        FROM rollforward_data.lot_slice AS slice
        JOIN rollforward.settled_account AS settled USING (account_id)
        LEFT JOIN rollforward_data.movement AS closing
            ON closing.account_id = slice.account_id
           AND closing.movement_id = slice.closed_by
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
               coalesce(traded.cash, 0) + coalesce(lot.left_at_cost, 0) AS cash,
               coalesce(lot.gain, 0) AS gain,
               coalesce(lot.is_open, false) AS is_open
        FROM traded
        FULL JOIN lot
            ON lot.account_id = traded.account_id
           AND lot.currency = traded.currency
           AND lot.instrument_id = traded.instrument_id
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
