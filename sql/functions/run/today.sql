-- The day it is, in UTC; or the setting rollforward.today, with which tests stop the clock.
CREATE OR REPLACE FUNCTION rollforward.today()
RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(
    nullif(current_setting('rollforward.today', true), '')::date,
    (now() AT TIME ZONE 'UTC')::date);

COMMENT ON FUNCTION rollforward.today IS 'The day it is, in UTC';
