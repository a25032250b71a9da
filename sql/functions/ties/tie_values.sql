-- The tie of all figures of an account and currency: what it made is what it is worth less what was put in.
--
-- realized + unrealized + dividends + other income − costs outside lots = cash + market value − net contributions. Contributions
-- are deposits less withdrawals, and securities transferred in less out, at cost. Costs are inside lots where the
-- account wants those of its trades there. Where a closing is an orphan, its cash has no counterpart, and the tie does not
-- hold.
CREATE OR REPLACE FUNCTION rollforward.tie_values(account_ids bigint[])
RETURNS TABLE (account_id bigint, identity text, key jsonb, expected numeric, actual numeric)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH snapshot AS (
        SELECT DISTINCT ON (stored.account_id, stored.currency) stored.*
        FROM rollforward_data.account_snapshot AS stored
        JOIN rollforward.settled_account AS settled USING (account_id)
        WHERE stored.snapshot_date <= settled.settled_until
          AND (tie_values.account_ids IS NULL OR stored.account_id = ANY (tie_values.account_ids))
        ORDER BY stored.account_id, stored.currency, stored.snapshot_date DESC
    ),
    inside AS (
        SELECT leg.account_id, leg.currency,
               sum(CASE WHEN account.costs_in_lot AND leg.kind IN ('buy', 'sell', 'expiration', 'assignment', 'exercise')
                        THEN leg.commission + leg.fee + leg.tax ELSE 0
                   END) AS costs,
               sum(CASE WHEN leg.kind IN ('securities_in', 'securities_out') THEN leg.amount ELSE 0 END) AS transferred_cash
        FROM rollforward.movement_leg AS leg
        JOIN rollforward_data.account USING (account_id)
        JOIN rollforward.settled_account AS settled USING (account_id)
        WHERE leg.accounting_date <= settled.settled_until
          AND leg.is_main
          AND (tie_values.account_ids IS NULL OR leg.account_id = ANY (tie_values.account_ids))
        GROUP BY leg.account_id, leg.currency
    ),
    travelled AS (
        SELECT moved.account_id, moved.currency, sum(moved.cost) AS cost
        FROM rollforward.travelled_cost AS moved
        JOIN rollforward.settled_account AS settled USING (account_id)
        WHERE moved.on_date <= settled.settled_until
          AND (tie_values.account_ids IS NULL OR moved.account_id = ANY (tie_values.account_ids))
        GROUP BY moved.account_id, moved.currency
    ),
    compared AS (
        SELECT snapshot.account_id, snapshot.currency,
               snapshot.cash_balance + snapshot.market_value
                   - (snapshot.deposited - snapshot.withdrawn)
                   - coalesce(travelled.cost, 0) - coalesce(inside.transferred_cash, 0) AS made,
               snapshot.realized_gains + snapshot.unrealized_gains + snapshot.dividends_received + snapshot.other_income
                   - (snapshot.commissions + snapshot.fees - coalesce(inside.costs, 0)) AS explained
        FROM snapshot
        LEFT JOIN inside
            ON inside.account_id = snapshot.account_id
           AND inside.currency = snapshot.currency
        LEFT JOIN travelled
            ON travelled.account_id = snapshot.account_id
           AND travelled.currency = snapshot.currency
        WHERE NOT EXISTS (
            SELECT FROM rollforward.orphan_closing AS orphan
            WHERE orphan.account_id = snapshot.account_id
              AND orphan.currency = snapshot.currency)
    )
    SELECT compared.account_id, 'gains + income - costs = value - net contributions',
           jsonb_build_object('currency', compared.currency), compared.made, compared.explained
    FROM compared
    WHERE compared.made <> compared.explained;
END;

COMMENT ON FUNCTION rollforward.tie_values IS 'Accounts whose gains, income and costs do not explain what they are worth';
