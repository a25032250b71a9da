-- Ties of the lots: slices add up to their lot, lots that move on keep their cost, open lots add up to their position.
--
-- Costs are judged where nothing is stale: at average cost, what is open costs what it does on the last day computed.
CREATE OR REPLACE FUNCTION rollforward.tie_lots(account_ids bigint[])
RETURNS TABLE (account_id bigint, identity text, key jsonb, expected numeric, actual numeric)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH slice AS (
        SELECT slice.*, slice.closed_on > settled.settled_until OR slice.closed_by IS NULL AS is_open
        FROM rollforward_data.lot_slice AS slice
        JOIN rollforward.settled_account AS settled USING (account_id)
        WHERE slice.entered_on <= settled.settled_until
          AND (tie_lots.account_ids IS NULL OR slice.account_id = ANY (tie_lots.account_ids))
    ),
    lot AS (
        SELECT slice.account_id, slice.instrument_id, slice.currency, slice.opened_by, slice.entered_by,
               max(slice.lot_quantity) AS lot_quantity, max(slice.lot_cost) AS lot_cost,
               sum(slice.quantity) AS quantity, sum(slice.cost) AS cost
        FROM slice
        GROUP BY slice.account_id, slice.instrument_id, slice.currency, slice.opened_by, slice.entered_by
    ),
    -- at average cost what one lot cost moves to another, but never out of the position
    entered AS (
        SELECT lot.account_id, lot.instrument_id, lot.currency, sum(lot.lot_cost) AS lot_cost, sum(lot.cost) AS cost
        FROM lot
        JOIN rollforward.settled_account AS settled USING (account_id)
        WHERE settled.settled_until = 'infinity'
        GROUP BY lot.account_id, lot.instrument_id, lot.currency
    ),
    held AS (
        SELECT slice.account_id, slice.instrument_id, slice.currency,
               sum(CASE slice.side WHEN 'long' THEN slice.quantity ELSE -slice.quantity END) AS quantity,
               sum(slice.cost) AS cost
        FROM slice
        WHERE slice.is_open
        GROUP BY slice.account_id, slice.instrument_id, slice.currency
    ),
    snapshot AS (
        SELECT DISTINCT ON (stored.account_id, stored.instrument_id, stored.currency)
               stored.account_id, stored.instrument_id, stored.currency,
               stored.long_quantity - stored.short_quantity AS quantity,
               stored.long_cost + stored.short_cost AS cost
        FROM rollforward_data.position_snapshot AS stored
        JOIN rollforward.settled_account AS settled USING (account_id)
        WHERE stored.snapshot_date <= settled.settled_until
          AND (tie_lots.account_ids IS NULL OR stored.account_id = ANY (tie_lots.account_ids))
        ORDER BY stored.account_id, stored.instrument_id, stored.currency, stored.snapshot_date DESC
    ),
    compared AS (
        SELECT lot.account_id, 'slices of a lot = its quantity' AS identity,
               jsonb_build_object('opened_by', lot.opened_by, 'entered_by', lot.entered_by) AS key,
               lot.lot_quantity::numeric AS expected, lot.quantity AS actual
        FROM lot
        UNION ALL
        SELECT entered.account_id, 'cost of slices = cost of lots',
               jsonb_build_object('instrument_id', entered.instrument_id, 'currency', entered.currency),
               entered.lot_cost, entered.cost
        FROM entered
        UNION ALL
        SELECT coalesce(held.account_id, snapshot.account_id), figure.identity,
               jsonb_build_object('instrument_id', coalesce(held.instrument_id, snapshot.instrument_id),
                                  'currency', coalesce(held.currency, snapshot.currency)),
               figure.expected, figure.actual
        FROM held
        FULL JOIN snapshot
            ON snapshot.account_id = held.account_id
           AND snapshot.instrument_id = held.instrument_id
           AND snapshot.currency = held.currency
        JOIN rollforward.settled_account AS settled
            ON settled.account_id = coalesce(held.account_id, snapshot.account_id)
        CROSS JOIN LATERAL (VALUES
            ('open lots = position', coalesce(held.quantity, 0), coalesce(snapshot.quantity, 0), true),
            ('cost of open lots = cost basis', coalesce(held.cost, 0), coalesce(snapshot.cost, 0),
             settled.settled_until = 'infinity')
        ) AS figure (identity, expected, actual, is_known)
        WHERE figure.is_known
    )
    SELECT compared.* FROM compared WHERE compared.expected <> compared.actual;
END;

COMMENT ON FUNCTION rollforward.tie_lots IS 'Broken identities between slices, lots and positions';
