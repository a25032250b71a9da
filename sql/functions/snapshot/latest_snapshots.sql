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
        SELECT held.account_id, held.currency
        FROM rollforward.account_currency AS held
        WHERE held.account_id = ANY (rollforward.given(latest_snapshots.account_ids, 'account_ids'))
    )
    SELECT latest.*
    FROM keys
    CROSS JOIN LATERAL (
        SELECT snapshot.*
        FROM rollforward.account_snapshot AS snapshot
        WHERE snapshot.account_id = keys.account_id
          AND snapshot.currency = keys.currency
          AND snapshot.snapshot_date < rollforward.given(latest_snapshots.before_date, 'before_date')
        ORDER BY snapshot.snapshot_date DESC
        LIMIT 1
    ) AS latest;
END;

COMMENT ON FUNCTION rollforward.latest_snapshots IS 'Latest snapshot per account and currency strictly before a date';
