-- The layouts of statements that can be read: L has a stage rollforward_data.L_row and a view L_reading.
CREATE OR REPLACE FUNCTION rollforward.statement_layouts()
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY['tastytrade', 'ibkr', 'generic'];

COMMENT ON FUNCTION rollforward.statement_layouts IS 'The layouts of statements that can be read';
