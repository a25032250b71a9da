-- Latest snapshot of each (account, currency) on or before a date: where the accounts stood that day.
--
-- account_ids   accounts to look up; unknown ids yield no row
-- as_of         inclusive
-- returns       at most one row per account and currency, in no particular order
-- errors        22R01 when an argument is NULL
-- relies on     account_snapshot_pkey (account_id, currency, snapshot_date): one descent per key
CREATE OR REPLACE FUNCTION rollforward.snapshots_as_of(account_ids bigint[], as_of date)
RETURNS SETOF rollforward.account_snapshot
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT * FROM rollforward.latest_snapshots(snapshots_as_of.account_ids, rollforward.given(snapshots_as_of.as_of, 'as_of') + 1);
END;

COMMENT ON FUNCTION rollforward.snapshots_as_of IS 'Latest snapshot per account and currency on or before a date';
