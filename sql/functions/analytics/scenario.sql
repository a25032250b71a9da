-- What might happen to factors, by which accounts are stressed: see save_scenario(), which defines it.
CREATE OR REPLACE VIEW rollforward.scenario AS
SELECT scenario.name, scenario.category, scenario.severity, scenario.is_active,
       (SELECT jsonb_object_agg(factor.name, shock.shock)
        FROM rollforward_data.scenario_shock AS shock
        JOIN rollforward_data.factor USING (factor_id)
        WHERE shock.scenario_id = scenario.scenario_id) AS shocks
FROM rollforward_data.scenario;

COMMENT ON VIEW rollforward.scenario IS 'What might happen to factors';
