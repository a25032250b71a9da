-- One number for an instrument and a trading day. Closes are joined by it, besides both: it tells the planner that there are
-- few closes of one number, where there are many of an instrument and many of a day.
CREATE OR REPLACE FUNCTION rollforward.close_no(instrument_id bigint, day_no integer)
RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (close_no.instrument_id << 20) # close_no.day_no;

COMMENT ON FUNCTION rollforward.close_no IS 'One number for an instrument and a trading day';
