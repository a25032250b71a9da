-- Day that a text begins with, as 2025-01-03; NULL when it begins with none.
CREATE OR REPLACE FUNCTION rollforward.statement_day(printed text)
RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN statement_day.printed LIKE '____-__-__%'
    THEN CASE
        -- most of them: days that every month has need no calendar
        WHEN substr(statement_day.printed, 1, 4) || substr(statement_day.printed, 6, 2) || substr(statement_day.printed, 9, 2)
                 ~ '^[12][0-9]+$'
             AND substr(statement_day.printed, 6, 2) COLLATE "C" BETWEEN '01' AND '12'
             AND substr(statement_day.printed, 9, 2) COLLATE "C" BETWEEN '01' AND '28'
            THEN substr(statement_day.printed, 1, 10)::date
        ELSE rollforward.statement_date(
            substr(statement_day.printed, 1, 4), substr(statement_day.printed, 6, 2), substr(statement_day.printed, 9, 2))
    END
END;

COMMENT ON FUNCTION rollforward.statement_day IS 'Day that a text begins with; NULL when it begins with none';
