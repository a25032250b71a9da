-- What is wrong with the rates staged by this transaction; no row means all can be saved.
--
-- returns   reason: as fx_rate_faults says, not_a_date, not_a_number,
--           contradicts_another_row (same pair and date, another rate)
CREATE OR REPLACE FUNCTION rollforward.staged_rate_offences()
RETURNS TABLE (row_no bigint, line integer, place integer, "column" text, value text, reason text)
LANGUAGE sql STABLE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH reading AS MATERIALIZED (
        SELECT staged.row_no, staged.line, staged.currency, staged.quote_currency, staged.date, staged.rate,
               rollforward.market_date(staged.date) AS rate_date,
               rollforward.market_number(staged.rate) AS number
        FROM rollforward.staged_market_row AS staged
        WHERE staged.unreadable IS NULL
    ),
    compared AS MATERIALIZED (
        SELECT reading.*,
               reading.number > 0
               AND reading.rate_date IS NOT NULL
               AND min(round(reading.number, 18)) FILTER (WHERE reading.number > 0) OVER same_rate
                   <> max(round(reading.number, 18)) FILTER (WHERE reading.number > 0) OVER same_rate AS is_contradicted
        FROM reading
        WINDOW same_rate AS (PARTITION BY reading.currency, reading.quote_currency, reading.rate_date)
    )
    SELECT compared.row_no, compared.line, fault.place, printed."column", printed.value,
           CASE WHEN fault.code = 'missing' AND printed.value IS NOT NULL THEN printed.unreadable ELSE fault.code END
    FROM compared
    CROSS JOIN LATERAL rollforward.fx_rate_faults(
        compared.currency, compared.quote_currency, compared.rate_date, compared.number) AS fault
    JOIN LATERAL (VALUES
        ('currency', 'currency', compared.currency, NULL),
        ('quote_currency', 'quote_currency', compared.quote_currency, NULL),
        ('rate_date', 'date', compared.date, 'not_a_date'),
        ('rate', 'rate', compared.rate, 'not_a_number')
    ) AS printed (field, "column", value, unreadable) ON printed.field = fault.field
    UNION ALL
    SELECT compared.row_no, compared.line, 5, 'rate', compared.rate, 'contradicts_another_row'
    FROM compared
    WHERE compared.is_contradicted;
END;

COMMENT ON FUNCTION rollforward.staged_rate_offences IS 'What is wrong with the staged rates';
