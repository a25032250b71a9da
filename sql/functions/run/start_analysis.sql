-- Begins a run of the analytics: writes down what is asked for, in a step for each engine and chunk of accounts.
--
-- Engines that require nothing of each other are computed side by side when there are several workers; which requires which is said
-- in analysis_engine. What is written of the run as snapshots_saved are findings.
--
-- account_ids            accounts to analyse; NULL means all there are
-- start_date, end_date   both included, see analyse(). NULL: the last day on which one of the accounts was valued; with only_stale,
--                        all days
-- only_stale             only analyses that have been made before, and are stale or not whole
-- chunk_size             accounts in a step, at most; NULL means the setting chunk_size
-- returns                the number of the run; work_on_run computes it
-- errors                 22R01 an account is unknown, the range is upside down or without end, or there is no day to analyse
CREATE OR REPLACE FUNCTION rollforward.start_analysis(
    account_ids bigint[],
    start_date date DEFAULT NULL,
    end_date date DEFAULT NULL,
    only_stale boolean DEFAULT false,
    chunk_size integer DEFAULT NULL
)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    last_date date;
BEGIN
    IF rollforward.given(only_stale, 'only_stale') THEN
        start_date := coalesce(start_date, '-infinity');
        end_date := coalesce(end_date, 'infinity');
        PERFORM rollforward.require_range(start_date, end_date);
    ELSE
        SELECT max(latest.snapshot_date) INTO last_date
        FROM rollforward_data.account
        CROSS JOIN LATERAL (
            SELECT equity.snapshot_date
            FROM rollforward_data.equity_snapshot AS equity
            WHERE equity.account_id = account.account_id
            ORDER BY equity.snapshot_date DESC
            LIMIT 1
        ) AS latest
        WHERE start_analysis.account_ids IS NULL
           OR account.account_id = ANY (start_analysis.account_ids);
        end_date := coalesce(end_date, greatest(last_date, start_date));
        start_date := coalesce(start_date, end_date);
        IF start_date IS NULL THEN
            RAISE EXCEPTION 'none of the accounts has been valued'
                USING ERRCODE = '22R01',
                      DETAIL = '[{"argument": "start_date", "value": null}]',
                      HINT = 'Process them first, or pass a day.';
        END IF;
        PERFORM rollforward.require_finite_range(start_date, end_date);
    END IF;
    RETURN rollforward.begin_run(account_ids, start_date, end_date, chunk_size, 'analytics', NULL, only_stale);
END
$$;

COMMENT ON FUNCTION rollforward.start_analysis IS 'Begins a run of the analytics';
