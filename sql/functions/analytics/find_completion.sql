-- Declares the staged analyses whole: every engine is through with them.
--
-- What has changed since they were begun has marked them, and they stay stale.
--
-- returns     how many
CREATE OR REPLACE FUNCTION rollforward.find_completion()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    finished bigint;
BEGIN
    UPDATE rollforward_data.analysis
    SET is_whole = true
    FROM analysis_case AS staged
    WHERE analysis.account_id = staged.account_id
      AND analysis.calculation_date = staged.calculation_date
      AND NOT analysis.is_whole;
    GET DIAGNOSTICS finished = ROW_COUNT;
    RETURN finished;
END
$$;

COMMENT ON FUNCTION rollforward.find_completion IS 'Declares the staged analyses whole';
