-- Accounts whose derived data waits to be recomputed, and the first day it concerns.
CREATE OR REPLACE VIEW rollforward.stale_account AS
SELECT mark.account_id,
       account.number AS account_number,
       min(mark.from_date) AS from_date,
       count(*) AS marks
FROM rollforward.waiting_mark AS mark
JOIN rollforward_data.account USING (account_id)
GROUP BY mark.account_id, account.number;

COMMENT ON VIEW rollforward.stale_account IS 'Accounts that wait to be recomputed, and from which day on';
