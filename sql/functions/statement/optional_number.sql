-- Number as statements print it; NULL when it is blank, or none.
CREATE OR REPLACE FUNCTION rollforward.optional_number(printed text)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN optional_number.printed ~ '\S' THEN rollforward.statement_number(btrim(optional_number.printed)) END;

COMMENT ON FUNCTION rollforward.optional_number IS 'Number as statements print it; NULL when it is blank, or none';
