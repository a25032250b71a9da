-- Date from its parts as printed; NULL when the calendar has no such day or a part is no number.
CREATE OR REPLACE FUNCTION rollforward.statement_date(year text, month text, day text)
RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN statement_date.year ~ '^[12]\d{3}$' AND statement_date.month ~ '^(0?[1-9]|1[0-2])$'
         AND statement_date.day ~ '^(0?[1-9]|[12]\d|3[01])$'
    THEN CASE
        WHEN statement_date.day::integer <= extract(day FROM
                 make_date(statement_date.year::integer, statement_date.month::integer, 1) + interval '1 month - 1 day')
        THEN make_date(statement_date.year::integer, statement_date.month::integer, statement_date.day::integer)
    END
END;

COMMENT ON FUNCTION rollforward.statement_date IS 'Date from its printed parts; NULL when there is no such day';
