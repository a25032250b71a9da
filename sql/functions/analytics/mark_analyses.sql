-- Marks the analyses of accounts, each from a day on: what they rest on has been computed anew and came out different.
--
-- relies on   analysis_pkey
CREATE OR REPLACE FUNCTION rollforward.mark_analyses(account_ids bigint[], from_dates date[])
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE rollforward_data.analysis
    SET is_stale = true
    FROM unnest(mark_analyses.account_ids, mark_analyses.from_dates) AS changed (account_id, from_date)
    WHERE analysis.account_id = changed.account_id
      AND analysis.calculation_date >= changed.from_date
      AND NOT analysis.is_stale;
END;

COMMENT ON FUNCTION rollforward.mark_analyses IS 'Marks the analyses of accounts, each from a day on';
