-- The first number of the advisory locks by which sessions show that they are at an import; the second one is the import's.
CREATE OR REPLACE FUNCTION rollforward.import_lock_class()
RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1380927817;

COMMENT ON FUNCTION rollforward.import_lock_class IS 'The first number of the advisory locks by which sessions show that they are at an import';
