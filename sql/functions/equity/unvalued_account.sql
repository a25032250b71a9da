-- Accounts whose equity ends before the latest day on which anything has a price, and the first day they lack.
--
-- relies on   price_date_idx, equity_snapshot_pkey: one descent per account
CREATE OR REPLACE VIEW rollforward.unvalued_account AS
WITH market AS MATERIALIZED (
    SELECT used.calendar, rollforward.last_trading_day(used.calendar, latest.price_date) AS last_date
    FROM (SELECT DISTINCT calendar FROM rollforward_data.account) AS used
    CROSS JOIN (SELECT max(price_date) AS price_date FROM rollforward_data.price) AS latest
)
SELECT account.account_id,
       latest.snapshot_date + 1 AS from_date
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
WHERE latest.snapshot_date < market.last_date;

COMMENT ON VIEW rollforward.unvalued_account IS 'Accounts whose equity ends before the latest day on which anything has a price';
