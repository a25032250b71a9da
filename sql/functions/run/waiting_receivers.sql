-- Which of the accounts are stale, and have received securities: what their givers' lots became may concern them.
--
-- account_ids   NULL means all
-- end_date      marks of later days do not count
CREATE OR REPLACE FUNCTION rollforward.waiting_receivers(account_ids bigint[], end_date date)
RETURNS SETOF bigint
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT DISTINCT mark.account_id
    FROM rollforward_data.stale_mark AS mark
    WHERE (account_ids IS NULL OR mark.account_id = ANY (account_ids))
      AND mark.from_date <= end_date
      AND EXISTS (
          SELECT FROM rollforward_data.movement
          WHERE movement.account_id = mark.account_id
            AND movement.kind = 'securities_in')
    ORDER BY mark.account_id;
END;

COMMENT ON FUNCTION rollforward.waiting_receivers IS 'Which of the accounts are stale, and have received securities';
