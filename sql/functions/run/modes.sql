-- The modes in which accounts are computed, see set_processing_mode.
CREATE OR REPLACE FUNCTION rollforward.modes()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY['auto', 'batch', 'per_date', 'shadow'];

COMMENT ON FUNCTION rollforward.modes IS 'The modes in which accounts are computed';
