-- Moment as statements print it, after a date that has been read: NULL when it is none. Without an offset it is in UTC, and a date
-- alone is its midnight.
--
-- printed           2025-01-03, 2025-01-03 15:30, 2025-01-03T15:30:00.5-05:00
-- accounting_date   what statement_date makes of its date
CREATE OR REPLACE FUNCTION rollforward.statement_time(printed text, accounting_date date)
RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN statement_time.accounting_date IS NULL THEN NULL
    WHEN length(statement_time.printed) = 10 THEN statement_time.accounting_date::timestamp AT TIME ZONE 'UTC'
    -- most of them, without a pattern: that costs more than the cast
    WHEN statement_time.printed LIKE '__________T__:__:__'
         AND substr(statement_time.printed, 12, 2) || substr(statement_time.printed, 15, 2)
             || substr(statement_time.printed, 18, 2) ~ '^[0-9]+$'
         AND substr(statement_time.printed, 12, 2) COLLATE "C" < '24'
         AND substr(statement_time.printed, 15, 2) COLLATE "C" < '60'
         AND substr(statement_time.printed, 18, 2) COLLATE "C" < '60'
        THEN (statement_time.printed || 'Z')::timestamptz
    WHEN statement_time.printed LIKE '__________T__:__:_______'
         AND substr(statement_time.printed, 20, 1) IN ('+', '-')
         AND substr(statement_time.printed, 12, 2) || substr(statement_time.printed, 15, 2)
             || substr(statement_time.printed, 18, 2) || substr(statement_time.printed, 21, 4) ~ '^[0-9]+$'
         AND substr(statement_time.printed, 12, 2) COLLATE "C" < '24'
         AND substr(statement_time.printed, 15, 2) COLLATE "C" < '60'
         AND substr(statement_time.printed, 18, 2) COLLATE "C" < '60'
         AND substr(statement_time.printed, 21, 2) COLLATE "C" < '15'
         AND substr(statement_time.printed, 23, 2) COLLATE "C" < '60'
        THEN statement_time.printed::timestamptz
    WHEN statement_time.printed ~ '^[0-9]+-[0-9]+-[0-9]+[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?$'
        THEN CASE WHEN length(statement_time.printed) <= 26
                  THEN (translate(statement_time.printed, 'T', ' '))::timestamp AT TIME ZONE 'UTC' END
    WHEN statement_time.printed
         ~ '^[0-9]+-[0-9]+-[0-9]+[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)? ?([+-](0[0-9]|1[0-5]):?[0-5][0-9]|Z)$'
        THEN CASE WHEN length(statement_time.printed) <= 33 THEN statement_time.printed::timestamptz END
END;

COMMENT ON FUNCTION rollforward.statement_time IS 'Moment as statements print it; NULL when it is none';
