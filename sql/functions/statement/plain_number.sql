-- Number as statements print it, once are_plain_numbers has said how the numbers of its row are.
CREATE OR REPLACE FUNCTION rollforward.plain_number(printed text, is_plain boolean)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN plain_number.is_plain THEN replace(plain_number.printed, ',', '')::numeric
    ELSE rollforward.statement_number(plain_number.printed)
END;

COMMENT ON FUNCTION rollforward.plain_number IS 'Number as statements print it, of a row whose numbers have been looked at';
