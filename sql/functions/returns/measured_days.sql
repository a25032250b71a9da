-- The days that returns of accounts over a range are measured by: their closing equity and net flow, and where it begins.
--
-- account_ids            accounts to measure
-- start_date, end_date   both included, finite
-- returns                a row per row of equity_snapshot in the range, and before them where measuring begins: what the
--                        last row before the range says, on the day before start_date; without such a row 0, on the day
--                        before the first row. reason, the same in all rows of an account, says why it cannot be
--                        measured: stale, not_valued (one row without a day) or rate_missing; NULL when it can
-- relies on              equity_snapshot_pkey
CREATE OR REPLACE FUNCTION rollforward.measured_days(account_ids bigint[], start_date date, end_date date)
RETURNS TABLE (account_id bigint, on_date date, worth numeric, flow numeric, reason text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH valued AS (
        SELECT equity.account_id, equity.snapshot_date AS on_date, equity.closing_equity::numeric AS worth,
               equity.net_flow::numeric AS flow
        FROM rollforward.equity_snapshot AS equity
        WHERE equity.account_id = ANY (measured_days.account_ids)
          AND equity.snapshot_date BETWEEN measured_days.start_date AND measured_days.end_date
    ),
    first_day AS (
        SELECT valued.account_id, min(valued.on_date) AS on_date
        FROM valued
        GROUP BY valued.account_id
    ),
    beginning AS (
        SELECT first_day.account_id,
               CASE WHEN before.account_id IS NULL THEN first_day.on_date ELSE measured_days.start_date END - 1 AS on_date,
               CASE WHEN before.account_id IS NULL THEN 0 ELSE before.closing_equity END AS worth,
               0::numeric AS flow
        FROM first_day
        LEFT JOIN LATERAL (
            SELECT equity.account_id, equity.closing_equity
            FROM rollforward.equity_snapshot AS equity
            WHERE equity.account_id = first_day.account_id
              AND equity.snapshot_date < measured_days.start_date
            ORDER BY equity.snapshot_date DESC
            LIMIT 1
        ) AS before ON true
    ),
    day AS (
        SELECT valued.* FROM valued
        UNION ALL
        SELECT beginning.* FROM beginning
    )
    SELECT account.account_id, day.on_date, day.worth, day.flow,
           CASE
               WHEN settled.settled_until < measured_days.end_date THEN 'stale'
               WHEN day.on_date IS NULL THEN 'not_valued'
               WHEN bool_or(day.worth IS NULL OR day.flow IS NULL) OVER (PARTITION BY account.account_id) THEN 'rate_missing'
           END
    FROM rollforward_data.account
    JOIN rollforward.settled_account AS settled USING (account_id)
    LEFT JOIN day USING (account_id)
    WHERE account.account_id = ANY (measured_days.account_ids);
END;

COMMENT ON FUNCTION rollforward.measured_days IS 'The days that returns of accounts over a range are measured by';
