-- Ties of the equity: each day opens with what the one before closed with, sums add up, and the last row agrees with what is
-- held and with the cash then.
--
-- The last two are compared where the account has no currency but its own.
CREATE OR REPLACE FUNCTION rollforward.tie_equity(account_ids bigint[])
RETURNS TABLE (account_id bigint, identity text, key jsonb, expected numeric, actual numeric)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH rolled AS (
        SELECT equity.account_id, equity.snapshot_date, equity.opening_equity, equity.cumulative_flow, equity.cash,
               equity.long_value + equity.short_value AS net_value,
               coalesce(lag(equity.closing_equity, 1, 0) OVER account, equity.opening_equity) AS closed_before,
               sum(equity.net_flow) OVER account AS flows,
               count(*) FILTER (WHERE equity.net_flow IS NULL) OVER account AS flows_unknown,
               row_number() OVER (PARTITION BY equity.account_id ORDER BY equity.snapshot_date DESC) = 1 AS is_last,
               equity.rates_missing
        FROM rollforward_data.equity_snapshot AS equity
        JOIN rollforward.settled_account AS settled USING (account_id)
        WHERE equity.snapshot_date <= settled.settled_until
          AND (tie_equity.account_ids IS NULL OR equity.account_id = ANY (tie_equity.account_ids))
        WINDOW account AS (PARTITION BY equity.account_id ORDER BY equity.snapshot_date)
    ),
    last_row AS (
        SELECT rolled.*, held.currency
        FROM rolled
        JOIN rollforward_data.account USING (account_id)
        JOIN rollforward_data.account_currency AS held
            ON held.account_id = rolled.account_id
           AND held.currency = account.base_currency
        WHERE rolled.is_last
          AND NOT EXISTS (
              SELECT FROM rollforward_data.account_currency AS other
              WHERE other.account_id = rolled.account_id
                AND other.currency <> account.base_currency)
    ),
    compared AS (
        SELECT rolled.account_id, 'opening equity = closing equity of the day before' AS identity, rolled.snapshot_date,
               rolled.closed_before AS expected, rolled.opening_equity AS actual
        FROM rolled
        UNION ALL
        SELECT rolled.account_id, 'cumulative flow = sum of flows', rolled.snapshot_date,
               CASE WHEN rolled.flows_unknown = 0 THEN rolled.flows END, rolled.cumulative_flow
        FROM rolled
        UNION ALL
        SELECT last_row.account_id, 'equity cash = cash balance', last_row.snapshot_date, balance.cash_balance, last_row.cash
        FROM last_row
        CROSS JOIN LATERAL (
            SELECT snapshot.cash_balance
            FROM rollforward_data.account_snapshot AS snapshot
            WHERE snapshot.account_id = last_row.account_id
              AND snapshot.currency = last_row.currency
              AND snapshot.snapshot_date <= last_row.snapshot_date
            ORDER BY snapshot.snapshot_date DESC
            LIMIT 1
        ) AS balance
        UNION ALL
        SELECT last_row.account_id, 'equity values = value of what is held', last_row.snapshot_date, holding.worth, last_row.net_value
        FROM last_row
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(held.market_value), 0) AS worth
            FROM rollforward.holdings_as_of(ARRAY[last_row.account_id], last_row.snapshot_date) AS held
        ) AS holding
    )
    SELECT compared.account_id, compared.identity, jsonb_build_object('snapshot_date', compared.snapshot_date),
           compared.expected, compared.actual
    FROM compared
    WHERE compared.expected IS DISTINCT FROM compared.actual;
END;

COMMENT ON FUNCTION rollforward.tie_equity IS 'Equity that does not follow from the day before, or differs from cash and what is held';
