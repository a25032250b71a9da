-- The days of an analysis: a single day is itself; a range, the days on which one of the accounts was valued.
--
-- errors      22R01 an argument is NULL, the range is upside down or without end, or an account is unknown
-- relies on   equity_snapshot_pkey
CREATE OR REPLACE FUNCTION rollforward.analysed_days(account_ids bigint[], start_date date, end_date date)
RETURNS date[]
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.require_range(start_date, end_date);
    PERFORM rollforward.require_accounts(account_ids);
    PERFORM rollforward.require_finite_range(start_date, end_date);
    RETURN CASE
        WHEN account_ids = '{}' THEN '{}'
        WHEN start_date = end_date THEN ARRAY[start_date]
        ELSE ARRAY(
            SELECT DISTINCT equity.snapshot_date
            FROM rollforward_data.equity_snapshot AS equity
            WHERE equity.account_id = ANY (analysed_days.account_ids)
              AND equity.snapshot_date BETWEEN analysed_days.start_date AND analysed_days.end_date
            ORDER BY equity.snapshot_date)
    END;
END
$$;

COMMENT ON FUNCTION rollforward.analysed_days IS 'The days of an analysis';
