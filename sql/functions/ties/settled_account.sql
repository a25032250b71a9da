-- Accounts and the last day up to which their derived data is right: infinity where nothing is stale.
CREATE OR REPLACE VIEW rollforward.settled_account AS
SELECT account.account_id,
       coalesce(min(mark.from_date) - 1, 'infinity') AS settled_until
FROM rollforward_data.account
LEFT JOIN rollforward.waiting_mark AS mark USING (account_id)
GROUP BY account.account_id;

COMMENT ON VIEW rollforward.settled_account IS 'Accounts and the last day up to which their derived data is right';
