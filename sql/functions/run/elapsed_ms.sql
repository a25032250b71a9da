-- Milliseconds between two clock readings, to three decimals.
CREATE OR REPLACE FUNCTION rollforward.elapsed_ms(since timestamptz, until timestamptz)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(extract(epoch FROM elapsed_ms.until - elapsed_ms.since) * 1000, 3);

COMMENT ON FUNCTION rollforward.elapsed_ms IS 'Milliseconds between two clock readings';
