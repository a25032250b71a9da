-- How accounts are computed in a scenario: its mode and how many accounts in a hundred it is for.
--
-- scenario        manual, import, realtime, backfill or nightly
-- mode            as set for the scenario, auto by default; per_date while the batch mode is off
-- batch_percent   the other accounts are computed by the reference
CREATE OR REPLACE FUNCTION rollforward.mode_of(scenario text, OUT mode text, OUT batch_percent integer)
LANGUAGE sql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN rollforward.is_batch_mode_enabled() THEN coalesce(configured.mode, 'auto') ELSE 'per_date' END,
           coalesce(configured.batch_percent, 100)
    FROM (VALUES (scenario)) AS asked (scenario)
    LEFT JOIN rollforward_data.processing_mode AS configured ON configured.scenario = asked.scenario;
END;

COMMENT ON FUNCTION rollforward.mode_of IS 'How accounts are computed in a scenario';
