-- The scenarios in which accounts are computed: who asked for it, and why.
CREATE OR REPLACE FUNCTION rollforward.scenarios()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY['manual', 'import', 'realtime', 'backfill', 'nightly'];

COMMENT ON FUNCTION rollforward.scenarios IS 'The scenarios in which accounts are computed';
