-- Ties of the account totals: cash is the sum of all signed amounts, realized gains are the sum of the lots' gains.
CREATE OR REPLACE FUNCTION rollforward.tie_totals(account_ids bigint[])
RETURNS TABLE (account_id bigint, identity text, key jsonb, expected numeric, actual numeric)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH booked AS (
        SELECT leg.account_id, leg.currency, sum(leg.amount - leg.commission - leg.fee - leg.tax) AS cash
        FROM rollforward.movement_leg AS leg
        JOIN rollforward.settled_account AS settled USING (account_id)
        WHERE leg.accounting_date <= settled.settled_until
          AND leg.kind NOT IN ('split', 'strike_adjustment')
          AND (tie_totals.account_ids IS NULL OR leg.account_id = ANY (tie_totals.account_ids))
        GROUP BY leg.account_id, leg.currency
    ),
    realized AS (
        SELECT slice.account_id, slice.currency, sum(slice.gain) AS gain
        FROM rollforward_data.lot_slice AS slice
        JOIN rollforward.settled_account AS settled USING (account_id)
        WHERE slice.closed_on <= settled.settled_until
          AND (tie_totals.account_ids IS NULL OR slice.account_id = ANY (tie_totals.account_ids))
        GROUP BY slice.account_id, slice.currency
    ),
    snapshot AS (
        SELECT DISTINCT ON (stored.account_id, stored.currency) stored.*
        FROM rollforward_data.account_snapshot AS stored
        JOIN rollforward.settled_account AS settled USING (account_id)
        WHERE stored.snapshot_date <= settled.settled_until
          AND (tie_totals.account_ids IS NULL OR stored.account_id = ANY (tie_totals.account_ids))
        ORDER BY stored.account_id, stored.currency, stored.snapshot_date DESC
    ),
    compared AS (
        SELECT coalesce(booked.account_id, snapshot.account_id) AS account_id, figure.identity,
               jsonb_build_object('currency', coalesce(booked.currency, snapshot.currency)) AS key,
               figure.expected, figure.actual
        FROM booked
        FULL JOIN snapshot
            ON snapshot.account_id = booked.account_id
           AND snapshot.currency = booked.currency
        LEFT JOIN realized
            ON realized.account_id = coalesce(booked.account_id, snapshot.account_id)
           AND realized.currency = coalesce(booked.currency, snapshot.currency)
        CROSS JOIN LATERAL (VALUES
            ('cash balance = sum of all signed amounts', coalesce(booked.cash, 0), coalesce(snapshot.cash_balance::numeric, 0)),
            ('realized gains = gains of closed lots', coalesce(realized.gain, 0), coalesce(snapshot.realized_gains::numeric, 0))
        ) AS figure (identity, expected, actual)
    )
    SELECT compared.* FROM compared WHERE compared.expected <> compared.actual;
END;

COMMENT ON FUNCTION rollforward.tie_totals IS 'Broken identities between account totals, movements and lots';
