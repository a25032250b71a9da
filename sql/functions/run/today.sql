-- The day that it is: in UTC, or as the setting rollforward.today says.
--
-- A range whose end lies ahead has rows of trading days up to today. Tests, and rehearsals of another day, set
-- rollforward.today.
--
-- errors   22007 the setting is not a date
CREATE OR REPLACE FUNCTION rollforward.today()
RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('rollforward.today', true), '')::date, (now() AT TIME ZONE 'UTC')::date);

COMMENT ON FUNCTION rollforward.today IS 'The day that it is in UTC, or the setting rollforward.today';
