-- How accounts are computed in each scenario. While the batch mode is off, mode is what comes into force when it is on again.
CREATE OR REPLACE VIEW rollforward.processing_mode AS
SELECT scenario.name AS scenario,
       coalesce(configured.mode, 'auto') AS mode,
       coalesce(configured.batch_percent, 100) AS batch_percent,
       in_force.mode AS mode_in_force
FROM unnest(rollforward.scenarios()) WITH ORDINALITY AS scenario (name, place)
LEFT JOIN rollforward_data.processing_mode AS configured ON configured.scenario = scenario.name
CROSS JOIN LATERAL rollforward.mode_of(scenario.name) AS in_force
ORDER BY scenario.place;

COMMENT ON VIEW rollforward.processing_mode IS 'How accounts are computed in each scenario';
