-- The outcome of a processing call that had nothing to do: what others are added to.
--
-- mode   NULL: that of the others
CREATE OR REPLACE FUNCTION rollforward.nothing_done(mode text)
RETURNS rollforward.batch_result
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ROW(NULL, true, mode, false, 0, 0, 0, 0, 0, 0, 0, '[]', 0, NULL)::rollforward.batch_result;

COMMENT ON FUNCTION rollforward.nothing_done IS 'The outcome of a processing call that had nothing to do';
