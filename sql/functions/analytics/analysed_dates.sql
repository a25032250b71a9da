-- The days of the staged analyses.
CREATE OR REPLACE FUNCTION rollforward.analysed_dates()
RETURNS date[]
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN ARRAY(SELECT DISTINCT listed.calculation_date FROM analysis_case AS listed ORDER BY 1);
END
$$;

COMMENT ON FUNCTION rollforward.analysed_dates IS 'The days of the staged analyses';
