-- Accounts whose equity does not end where it should, and the first day that is to be computed: it ends before the latest day
-- on which anything has a price; or behind all that reaches so far, since that was taken back.
--
-- relies on   price_date_idx, equity_snapshot_pkey: one descent per account; account_snapshot_pkey, valued_account_pkey
CREATE OR REPLACE VIEW rollforward.unvalued_account AS
WITH market AS MATERIALIZED (
    SELECT used.calendar, latest.price_date, rollforward.last_trading_day(used.calendar, latest.price_date) AS last_date
    FROM (SELECT DISTINCT calendar FROM rollforward_data.account) AS used
    CROSS JOIN (SELECT max(price_date) AS price_date FROM rollforward_data.price) AS latest
),
valued AS (
    SELECT account.account_id, account.calendar, market.price_date, market.last_date, latest.snapshot_date
    FROM market
    JOIN rollforward_data.account
        ON account.calendar IS NOT DISTINCT FROM market.calendar
    CROSS JOIN LATERAL (
        SELECT equity.snapshot_date
        FROM rollforward_data.equity_snapshot AS equity
        WHERE equity.account_id = account.account_id
        ORDER BY equity.snapshot_date DESC
        LIMIT 1
    ) AS latest
)
SELECT valued.account_id, valued.snapshot_date + 1 AS from_date
FROM valued
WHERE valued.snapshot_date < valued.last_date
UNION ALL
SELECT valued.account_id, reach.last_date + 1
FROM valued
LEFT JOIN rollforward_data.valued_account AS asked USING (account_id)
CROSS JOIN LATERAL (
    SELECT max(latest.snapshot_date) AS snapshot_date
    FROM rollforward_data.account_currency AS held
    CROSS JOIN LATERAL (
        SELECT snapshot.snapshot_date
        FROM rollforward_data.account_snapshot AS snapshot
        WHERE snapshot.account_id = held.account_id
          AND snapshot.currency = held.currency
        ORDER BY snapshot.snapshot_date DESC
        LIMIT 1
    ) AS latest
    WHERE held.account_id = valued.account_id
) AS moved
CROSS JOIN LATERAL (
    SELECT greatest(
        valued.price_date, asked.valued_until, rollforward.next_trading_day(valued.calendar, moved.snapshot_date)) AS last_date
) AS reach
WHERE valued.snapshot_date > coalesce(valued.last_date, '-infinity')
  AND valued.snapshot_date > reach.last_date;

COMMENT ON VIEW rollforward.unvalued_account IS 'Accounts whose equity ends before the last day it should go to, or behind it';
