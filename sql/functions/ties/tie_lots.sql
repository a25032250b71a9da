-- Ties of the lots: slices add up to their lot, open lots to their position, in units and in cost.
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
        SELECT slice.account_id, slice.opened_by, max(slice.lot_quantity) AS lot_quantity, max(slice.lot_cost) AS lot_cost,
               sum(slice.quantity) AS quantity, sum(slice.cost) AS cost
        FROM slice
        WHERE slice.is_open OR slice.carried_to IS NULL
        GROUP BY slice.account_id, slice.opened_by
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
        SELECT lot.account_id, figure.identity, jsonb_build_object('opened_by', lot.opened_by) AS key,
               figure.expected, figure.actual
        FROM lot
        CROSS JOIN LATERAL (VALUES
            ('slices of a lot = its quantity', lot.lot_quantity::numeric, lot.quantity),
            ('cost of the slices of a lot = its cost', lot.lot_cost::numeric, lot.cost)
        ) AS figure (identity, expected, actual)
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
        CROSS JOIN LATERAL (VALUES
            ('open lots = position', coalesce(held.quantity, 0), coalesce(snapshot.quantity, 0)),
            ('cost of open lots = cost basis', coalesce(held.cost, 0), coalesce(snapshot.cost, 0))
        ) AS figure (identity, expected, actual)
    )
    SELECT compared.* FROM compared WHERE compared.expected <> compared.actual;
END;

COMMENT ON FUNCTION rollforward.tie_lots IS 'Broken identities between slices, lots and positions';
