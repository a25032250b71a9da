-- The first number of the advisory locks by which workers show that they are at a run; the second one is the run's.
CREATE OR REPLACE FUNCTION rollforward.run_lock_class()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1380927570;

COMMENT ON FUNCTION rollforward.run_lock_class IS 'The first number of the advisory locks by which workers show that they are at a run';
