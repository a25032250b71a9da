-- Stages which accounts are to be analysed as of which days, in slices of some 10,000: analysis_wanted.
--
-- A single day is itself; of a range, the days on which each account was valued. only_stale: only analyses there are, and of
-- these the stale ones and those that are not whole. Without their holdings, only analyses there are.
--
-- returns     how many slices
-- relies on   equity_snapshot_pkey, analysis_pkey, analysis_stale_idx
CREATE OR REPLACE FUNCTION rollforward.stage_wanted(
    account_ids bigint[],
    start_date date,
    end_date date,
    only_stale boolean,
    with_holdings boolean
)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_wanted', 'rollforward.analysed_scope');
    IF only_stale OR NOT with_holdings THEN
        INSERT INTO analysis_wanted
        SELECT analysis.account_id, analysis.calculation_date
        FROM rollforward_data.analysis
        WHERE analysis.account_id = ANY (stage_wanted.account_ids)
          AND analysis.calculation_date BETWEEN stage_wanted.start_date AND stage_wanted.end_date
          AND (NOT only_stale OR analysis.is_stale OR NOT analysis.is_whole);
    ELSE
        INSERT INTO analysis_wanted
        SELECT listed.account_id, stage_wanted.start_date
        FROM unnest(stage_wanted.account_ids) AS listed (account_id)
        WHERE stage_wanted.start_date = stage_wanted.end_date
        UNION
        SELECT equity.account_id, equity.snapshot_date
        FROM rollforward_data.equity_snapshot AS equity
        WHERE equity.account_id = ANY (stage_wanted.account_ids)
          AND equity.snapshot_date BETWEEN stage_wanted.start_date AND stage_wanted.end_date;
    END IF;

    UPDATE analysis_wanted AS wanted
    SET slice_no = sliced.slice_no
    FROM (
        SELECT counted.calculation_date,
               (sum(counted.accounts) OVER (ORDER BY counted.calculation_date) - counted.accounts)::bigint / 10000 AS slice_no
        FROM (
            SELECT listed.calculation_date, count(*) AS accounts
            FROM analysis_wanted AS listed
            GROUP BY listed.calculation_date
        ) AS counted
    ) AS sliced
    WHERE sliced.calculation_date = wanted.calculation_date;
    RETURN (SELECT count(DISTINCT wanted.slice_no) FROM analysis_wanted AS wanted);
END
$$;

COMMENT ON FUNCTION rollforward.stage_wanted IS 'Stages which accounts are to be analysed as of which days';
