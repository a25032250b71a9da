-- The phases that a run has.
CREATE OR REPLACE FUNCTION rollforward.phases_of(scenario text, only_stale boolean)
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN scenario = 'nightly' THEN ARRAY['stale', 'equity', 'receivers', 'ties']
    WHEN only_stale THEN ARRAY['stale', 'receivers']
    ELSE ARRAY['snapshots', 'receivers']
END;

COMMENT ON FUNCTION rollforward.phases_of IS 'The phases that a run has';
