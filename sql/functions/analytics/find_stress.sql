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
    PERFORM rollforward.prepare_own_stage('finding_account_stress', 'rollforward_data.account_stress');
    INSERT INTO finding_account_stress
    WITH exposed AS (
        SELECT known.account_id, known.calculation_date, factor.factor_id, factor.name, known.exposure_amount AS amount
        FROM analysis_case AS staged
        JOIN rollforward_data.account_factor AS known USING (account_id, calculation_date)
        JOIN rollforward_data.factor USING (factor_id)
        WHERE factor.is_shocked
    ),
    shock AS (
        SELECT scenario.scenario_id, factor.factor_id, shock.shock * factor.unit_return AS shock
        FROM rollforward_data.scenario
        JOIN rollforward_data.scenario_shock AS shock USING (scenario_id)
        JOIN rollforward_data.factor USING (factor_id)
        WHERE scenario.is_active
    ),
    direct AS (
        SELECT exposed.account_id, exposed.calculation_date, shock.scenario_id,
               CASE WHEN count(*) = count(exposed.amount) THEN sum(exposed.amount * shock.shock) END AS pnl,
               jsonb_object_agg(exposed.name, exposed.amount * shock.shock) AS impacts
        FROM exposed
        JOIN shock USING (factor_id)
        GROUP BY exposed.account_id, exposed.calculation_date, shock.scenario_id
    ),
    -- what a scenario makes of each factor, the others moving along
    moved AS (
        SELECT day.calculation_date, shock.scenario_id, reached.factor_id,
               sum(shock.shock * CASE WHEN reached.factor_id = shock.factor_id THEN 1 ELSE coalesce(known.correlation, 0) END) AS shock
        FROM (SELECT DISTINCT exposed.calculation_date FROM exposed) AS day
        CROSS JOIN shock
        CROSS JOIN (SELECT factor.factor_id FROM rollforward_data.factor WHERE factor.is_shocked) AS reached
        LEFT JOIN rollforward_data.factor_correlation AS known
            ON known.calculation_date = day.calculation_date
           AND known.factor_id = shock.factor_id
           AND known.other_factor_id = reached.factor_id
        GROUP BY day.calculation_date, shock.scenario_id, reached.factor_id
    ),
    correlated AS (
        SELECT exposed.account_id, exposed.calculation_date, moved.scenario_id, sum(exposed.amount * moved.shock) AS pnl
        FROM exposed
        JOIN moved USING (calculation_date, factor_id)
        GROUP BY exposed.account_id, exposed.calculation_date, moved.scenario_id
    )
    SELECT direct.account_id, direct.calculation_date, direct.scenario_id,
           greatest(direct.pnl, worst.pnl),
           CASE WHEN direct.pnl IS NOT NULL THEN greatest(correlated.pnl, worst.pnl) END,
           direct.impacts,
           coalesce(least(direct.pnl, CASE WHEN direct.pnl IS NOT NULL THEN correlated.pnl END) < worst.pnl * (1 + 1e-9), false),
           CASE WHEN direct.pnl IS NULL THEN 'no_exposure' END
    FROM direct
    JOIN correlated USING (account_id, calculation_date, scenario_id)
    JOIN analysis_case AS analysis USING (account_id, calculation_date)
    -- greatest() passes over a NULL: where there is no floor, and where there is no figure
    CROSS JOIN LATERAL (
        SELECT CASE WHEN analysis.short_value = 0 AND direct.pnl IS NOT NULL THEN -analysis.long_value END::double precision AS pnl
    ) AS worst;
    RETURN rollforward.store_findings('account_stress', false);
END
$$;

COMMENT ON FUNCTION rollforward.find_stress IS 'Tells what scenarios would do to accounts';
