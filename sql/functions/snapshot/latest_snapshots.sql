-- Latest snapshot of each (account, currency) strictly before a date: the opening balance of a recalculation.
--
-- account_ids   accounts to look up; unknown ids yield no row
-- before_date   exclusive
-- returns       at most one row per account and currency, in no particular order
-- errors        22R01 when an argument is NULL
-- relies on     account_snapshot_pkey (account_id, currency, snapshot_date): one descent per key
CREATE OR REPLACE FUNCTION rollforward.latest_snapshots(account_ids bigint[], before_date date)
RETURNS SETOF rollforward.account_snapshot
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH keys AS (
        SELECT account_id, account.account_number, held.currency
        FROM rollforward.account
        JOIN rollforward.account_currency AS held USING (account_id)
        WHERE account_id = ANY (rollforward.given(latest_snapshots.account_ids, 'account_ids'))
        ORDER BY account_id  -- in the order of the index, most descents end on the page of the one before
    )
    SELECT latest.account_id, keys.account_number, latest.currency, latest.snapshot_date, latest.movement_counter,
           latest.deposited, latest.withdrawn, latest.invested,
           latest.realized_gains, rollforward.percentage(latest.realized_gains, latest.net_cash_flow),
           latest.unrealized_gains, rollforward.percentage(latest.unrealized_gains, latest.net_cash_flow),
           latest.commissions, latest.fees, latest.options_income, latest.dividends_received, latest.other_income,
           latest.net_cash_flow::rollforward_data.exact_money, latest.cash_balance, latest.open_trades,
           latest.dividend_taxes, latest.market_value
    FROM keys
    CROSS JOIN LATERAL (
        SELECT figure.*
        FROM rollforward.account_figure AS figure
        WHERE figure.account_id = keys.account_id
          AND figure.currency = keys.currency
          AND figure.snapshot_date < rollforward.given(latest_snapshots.before_date, 'before_date')
        ORDER BY figure.snapshot_date DESC
        LIMIT 1
    ) AS latest;
END;

COMMENT ON FUNCTION rollforward.latest_snapshots IS 'Latest snapshot per account and currency strictly before a date';
