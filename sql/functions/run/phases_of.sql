-- The phases that a run has. Of a nightly one the analytics are among them if setting nightly_analytics is on.
CREATE OR REPLACE FUNCTION rollforward.phases_of(scenario text, only_stale boolean)
RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN scenario = 'analytics' THEN ARRAY(SELECT analysis.engine FROM rollforward.analysis_engine AS analysis)
    WHEN scenario = 'nightly'
    THEN ARRAY['stale', 'equity', 'receivers', 'ties']
         || ARRAY(SELECT analysis.engine
                  FROM rollforward.analysis_engine AS analysis
                  CROSS JOIN rollforward.setting
                  WHERE setting.name = 'nightly_analytics'
                    AND setting.value = 'on')
    WHEN only_stale THEN ARRAY['stale', 'receivers']
    ELSE ARRAY['snapshots', 'receivers']
END;

COMMENT ON FUNCTION rollforward.phases_of IS 'The phases that a run has';
