-- Trading days on which accounts should have an equity snapshot and have none: the calendar less what is stored.
--
-- account_ids            accounts to look at; NULL means all
-- start_date, end_date   both included; days to come are not missing
-- returns                a row per account and missing day, from the first movement of the account on
-- errors                 22R01 the range is NULL, upside down or without end, or an account is unknown
-- relies on              movement_in_order_idx: one descent per account; equity_snapshot_pkey
CREATE OR REPLACE FUNCTION rollforward.missing_snapshots(account_ids bigint[], start_date date, end_date date)
RETURNS TABLE (account_id bigint, snapshot_date date)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_finite_range(missing_snapshots.start_date, missing_snapshots.end_date);
    IF missing_snapshots.account_ids IS NOT NULL THEN
        PERFORM rollforward.require_accounts(missing_snapshots.account_ids);
    END IF;

    RETURN QUERY
    WITH begun AS (
        SELECT account.account_id, account.calendar, first_movement.accounting_date AS first_date
        FROM rollforward_data.account
        CROSS JOIN LATERAL (
            SELECT movement.accounting_date
            FROM rollforward_data.movement
            WHERE movement.account_id = account.account_id
              AND movement.kind NOT IN ('split', 'strike_adjustment')
            ORDER BY movement.accounting_date
            LIMIT 1
        ) AS first_movement
        WHERE missing_snapshots.account_ids IS NULL
           OR account.account_id = ANY (missing_snapshots.account_ids)
    ),
    trading_day AS MATERIALIZED (
        SELECT used.calendar, day.on_date
        FROM (SELECT DISTINCT begun.calendar FROM begun) AS used
        CROSS JOIN LATERAL rollforward.trading_days(
            used.calendar, missing_snapshots.start_date, least(missing_snapshots.end_date, rollforward.today())
        ) AS day (on_date)
    )
    SELECT begun.account_id, trading_day.on_date
    FROM begun
    JOIN trading_day
        ON trading_day.calendar IS NOT DISTINCT FROM begun.calendar
       AND trading_day.on_date >= begun.first_date
    WHERE NOT EXISTS (
        SELECT FROM rollforward_data.equity_snapshot AS equity
        WHERE equity.account_id = begun.account_id
          AND equity.snapshot_date = trading_day.on_date)
    ORDER BY begun.account_id, trading_day.on_date;
END
$$;

COMMENT ON FUNCTION rollforward.missing_snapshots IS 'Trading days on which accounts should have an equity snapshot and have none';
