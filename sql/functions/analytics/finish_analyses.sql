-- Declares the analyses of accounts on days whole: every engine is through with them.
--
-- What has changed since they were begun has marked them, and they stay stale.
--
-- returns     how many
-- relies on   analysis_pkey
CREATE OR REPLACE FUNCTION rollforward.finish_analyses(account_ids bigint[], start_date date, end_date date)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    finished bigint;
BEGIN
    UPDATE rollforward_data.analysis
    SET is_whole = true
    WHERE account_id = ANY (finish_analyses.account_ids)
      AND calculation_date BETWEEN finish_analyses.start_date AND finish_analyses.end_date
      AND NOT is_whole;
    GET DIAGNOSTICS finished = ROW_COUNT;
    RETURN finished;
END
$$;

COMMENT ON FUNCTION rollforward.finish_analyses IS 'Declares the analyses of accounts on days whole';
