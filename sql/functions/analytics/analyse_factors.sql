-- Estimates what explains the returns of instruments that accounts held, on the days they were analysed: factor_beta.
--
-- Market, rates and spreads by lines, styles by a ridge regression. Each instrument once, for all accounts. Too few
-- returns, or prices that never move, give NULL and a reason.
--
-- account_ids            whose instruments
-- start_date, end_date   both included
-- returns                findings written
CREATE OR REPLACE FUNCTION rollforward.analyse_factors(account_ids bigint[], start_date date, end_date date)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    subject record;
BEGIN
    subject := rollforward.stage_subjects(account_ids, start_date, end_date);
    IF subject.instrument_ids IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM rollforward.stage_levels(
        subject.instrument_ids,
        subject.first_date - (SELECT max(factor.window_days) FROM rollforward_data.factor),
        subject.last_date);
    PERFORM rollforward.prepare_own_stage('finding_factor_beta', 'rollforward_data.factor_beta');
    PERFORM rollforward.find_line_betas();
    PERFORM rollforward.find_style_betas();
    RETURN rollforward.store_findings(
        'factor_beta', NULL, ARRAY(SELECT DISTINCT listed.calculation_date FROM analysis_subject AS listed));
END
$$;

COMMENT ON FUNCTION rollforward.analyse_factors IS 'Estimates what explains the returns of instruments that accounts held';
