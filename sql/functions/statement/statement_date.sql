-- Date from its parts as printed; NULL when the calendar has no such day or a part is no number.
CREATE OR REPLACE FUNCTION rollforward.statement_date(year text, month text, day text)
RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN statement_date.year || statement_date.month || statement_date.day ~ '^[0-9]+$'
         AND length(statement_date.year) = 4
         AND length(statement_date.month) BETWEEN 1 AND 2
         AND length(statement_date.day) BETWEEN 1 AND 2
    THEN CASE
        WHEN statement_date.year::integer BETWEEN 1000 AND 2999
             AND statement_date.month::integer BETWEEN 1 AND 12
             AND statement_date.day::integer BETWEEN 1 AND 31
        THEN CASE
            WHEN statement_date.day::integer < 29
                 OR statement_date.day::integer <= extract(day FROM
                     make_date(statement_date.year::integer, statement_date.month::integer, 1) + interval '1 month - 1 day')
            THEN make_date(statement_date.year::integer, statement_date.month::integer, statement_date.day::integer)
        END
    END
END;

COMMENT ON FUNCTION rollforward.statement_date IS 'Date from its printed parts; NULL when there is no such day';
