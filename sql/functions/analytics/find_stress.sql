-- Tells what scenarios would do to accounts: account_stress.
--
-- A shock of a factor is a return of its symbol: shock × unit_return, which for rates is minus a duration. direct_pnl adds up what
-- accounts are exposed to the shocked factors with; correlated_pnl what they are exposed to all of them with, each moving along by
-- its correlation as of the day (0 where none is known). Who has no shorts cannot lose more than what is held.
--
-- returns     findings written; NULL and a reason where an exposure to a shocked factor is not known: no_exposure
CREATE OR REPLACE FUNCTION rollforward.find_stress()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- staged: what was written just now is known to the planner as a row or two
    PERFORM rollforward.prepare_own_stage('analysis_exposure', 'rollforward.analysed_exposure');
    INSERT INTO analysis_exposure
    SELECT known.account_id, known.calculation_date, known.factor_id, known.exposure_amount
    FROM analysis_case AS staged
    JOIN rollforward_data.account_factor AS known USING (account_id, calculation_date)
    JOIN rollforward_data.factor USING (factor_id)
    WHERE factor.is_shocked;
    ANALYZE analysis_exposure;

    PERFORM rollforward.prepare_own_stage('finding_account_stress', 'rollforward_data.account_stress');
    INSERT INTO finding_account_stress
    WITH shock AS (
        SELECT scenario.scenario_id, factor.factor_id, shock.shock * factor.unit_return AS shock
        FROM rollforward_data.scenario
        JOIN rollforward_data.scenario_shock AS shock USING (scenario_id)
        JOIN rollforward_data.factor USING (factor_id)
        WHERE scenario.is_active
    ),
    -- what a scenario makes of each factor: itself, NULL where it says nothing, and with the others moving along
    moved AS MATERIALIZED (
        SELECT day.calculation_date, shock.scenario_id, reached.factor_id, reached.name,
               sum(shock.shock) FILTER (WHERE reached.factor_id = shock.factor_id) AS itself,
               sum(shock.shock * CASE WHEN reached.factor_id = shock.factor_id THEN 1 ELSE coalesce(known.correlation, 0) END) AS along
        FROM (SELECT DISTINCT exposed.calculation_date FROM analysis_exposure AS exposed) AS day
        CROSS JOIN shock
        CROSS JOIN (SELECT factor.factor_id, factor.name FROM rollforward_data.factor WHERE factor.is_shocked) AS reached
        LEFT JOIN rollforward_data.factor_correlation AS known
            ON known.calculation_date = day.calculation_date
           AND known.factor_id = shock.factor_id
           AND known.other_factor_id = reached.factor_id
        GROUP BY day.calculation_date, shock.scenario_id, reached.factor_id, reached.name
    ),
    stressed AS (
        SELECT exposed.account_id, exposed.calculation_date, moved.scenario_id,
               CASE WHEN count(moved.itself) = count(exposed.amount * moved.itself) THEN sum(exposed.amount * moved.itself) END AS pnl,
               sum(exposed.amount * moved.along) AS correlated_pnl,
               jsonb_object_agg(moved.name, exposed.amount * moved.itself) FILTER (WHERE moved.itself IS NOT NULL) AS impacts
        FROM analysis_exposure AS exposed
        JOIN moved USING (calculation_date, factor_id)
        GROUP BY exposed.account_id, exposed.calculation_date, moved.scenario_id
    )
    SELECT stressed.account_id, stressed.calculation_date, stressed.scenario_id,
           greatest(stressed.pnl, worst.pnl),
           CASE WHEN stressed.pnl IS NOT NULL THEN greatest(stressed.correlated_pnl, worst.pnl) END,
           stressed.impacts,
           coalesce(least(stressed.pnl, CASE WHEN stressed.pnl IS NOT NULL THEN stressed.correlated_pnl END) < worst.pnl * (1 + 1e-9), false),
           CASE WHEN stressed.pnl IS NULL THEN 'no_exposure' END
    FROM stressed
    JOIN analysis_case AS analysis USING (account_id, calculation_date)
    -- greatest() passes over a NULL: where there is no floor, and where there is no figure
    CROSS JOIN LATERAL (
        SELECT CASE WHEN analysis.short_value = 0 AND stressed.pnl IS NOT NULL THEN -analysis.long_value END::double precision AS pnl
    ) AS worst;
    RETURN rollforward.store_findings('account_stress', false);
END
$$;

COMMENT ON FUNCTION rollforward.find_stress IS 'Tells what scenarios would do to accounts';
