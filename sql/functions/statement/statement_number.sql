-- Number as statements print it: NULL when it is blank or --, NaN when it is none; thousands may be set apart by commas.
CREATE OR REPLACE FUNCTION rollforward.statement_number(printed text)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN coalesce(statement_number.printed, '') IN ('', '--') THEN NULL
    -- most of them: a pattern without bounds is four times as fast
    WHEN length(statement_number.printed) < 14 AND statement_number.printed ~ '^[+-]?[0-9]+([.][0-9]+)?$'
        THEN statement_number.printed::numeric
    WHEN length(statement_number.printed) < 17 AND statement_number.printed ~ '^[+-]?[0-9][0-9]?[0-9]?(,[0-9][0-9][0-9])+([.][0-9]+)?$'
        THEN replace(statement_number.printed, ',', '')::numeric
    WHEN btrim(statement_number.printed) ~ '^[+-]?(\d{1,18}|\d{1,3}(,\d{3}){1,5})(\.\d{1,12})?$'
        THEN replace(statement_number.printed, ',', '')::numeric
    WHEN btrim(statement_number.printed) NOT IN ('', '--') THEN 'NaN'
END;

COMMENT ON FUNCTION rollforward.statement_number IS 'Number as statements print it; NULL when blank, NaN when the text is none';
