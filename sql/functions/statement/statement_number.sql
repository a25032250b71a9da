-- Number as statements print it: blank or -- is zero, thousands may be set apart by commas; NULL when it is none.
CREATE OR REPLACE FUNCTION rollforward.statement_number(printed text)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN coalesce(statement_number.printed, '') IN ('', '--') THEN 0
    WHEN statement_number.printed ~ '^[+-]?(\d{1,18}|\d{1,3}(,\d{3}){1,5})(\.\d{1,12})?$'
        THEN replace(statement_number.printed, ',', '')::numeric
END;

COMMENT ON FUNCTION rollforward.statement_number IS 'Number as statements print it; NULL when the text is none';
