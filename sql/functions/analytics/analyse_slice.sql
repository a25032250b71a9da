-- Lets engines find what they find about the accounts and days of one slice of analysis_wanted.
--
-- nth       the slice, counted from 1
-- engines   in their order
-- returns   findings written
CREATE OR REPLACE FUNCTION rollforward.analyse_slice(nth integer, engines text[])
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    engine text;
    written bigint;
    findings bigint := 0;
BEGIN
    PERFORM rollforward.prepare_own_stage('analysis_scope', 'rollforward.analysed_scope');
    INSERT INTO analysis_scope
    SELECT ranked.account_id, ranked.calculation_date, ranked.slice_no
    FROM (SELECT wanted.*, dense_rank() OVER (ORDER BY wanted.slice_no) AS place FROM analysis_wanted AS wanted) AS ranked
    WHERE ranked.place = nth;
    ANALYZE analysis_scope;

    IF 'holdings' = ANY (engines) THEN
        findings := rollforward.find_holdings();
    END IF;
    PERFORM rollforward.stage_analyses();
    IF EXISTS (SELECT FROM rollforward.analysis_engine AS listed WHERE listed.engine = ANY (engines) AND listed.needs_market) THEN
        PERFORM rollforward.stage_market();
    END IF;
    FOREACH engine IN ARRAY array_remove(engines, 'holdings') LOOP
        EXECUTE format('SELECT rollforward.%I()', 'find_' || engine) INTO written;
        findings := findings + written;
    END LOOP;
    RETURN findings;
END
$$;

COMMENT ON FUNCTION rollforward.analyse_slice IS 'Lets engines find what they find about the accounts and days of one slice';
