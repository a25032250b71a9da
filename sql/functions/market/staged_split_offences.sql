-- What is wrong with the splits staged by this transaction; no row means all can be saved.
--
-- returns   reason: as split_faults says, not_a_date, contradicts_another_row (same symbol and date, another ratio)
CREATE OR REPLACE FUNCTION rollforward.staged_split_offences()
RETURNS TABLE (row_no bigint, line integer, place integer, "column" text, value text, reason text)
LANGUAGE sql STABLE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH reading AS MATERIALIZED (
        SELECT staged.row_no, staged.line, staged.symbol, staged.date, staged.ratio,
               rollforward.market_date(staged.date) AS split_date,
               CASE WHEN stated.quantity > 0 AND stated.per_quantity > 0
                    THEN concat(trim_scale(stated.quantity), '/', trim_scale(stated.per_quantity))
               END AS plain_ratio
        FROM rollforward.staged_market_row AS staged
        CROSS JOIN LATERAL rollforward.split_ratio(staged.ratio) AS stated
        WHERE staged.unreadable IS NULL
    ),
    compared AS MATERIALIZED (
        SELECT reading.*,
               reading.split_date IS NOT NULL
               AND reading.plain_ratio IS NOT NULL
               AND min(reading.plain_ratio) OVER same_split <> max(reading.plain_ratio) OVER same_split AS is_contradicted
        FROM reading
        WINDOW same_split AS (PARTITION BY reading.symbol, reading.split_date)
    )
    SELECT compared.row_no, compared.line, fault.place, printed."column", printed.value,
           CASE WHEN fault.code = 'missing' AND printed.value IS NOT NULL THEN 'not_a_date' ELSE fault.code END
    FROM compared
    CROSS JOIN LATERAL rollforward.split_faults(compared.symbol, compared.split_date, compared.ratio, NULL) AS fault
    JOIN LATERAL (VALUES
        ('symbol', 'symbol', compared.symbol),
        ('split_date', 'date', compared.date),
        ('ratio', 'ratio', compared.ratio)
    ) AS printed (argument, "column", value) ON printed.argument = fault.argument
    UNION ALL
    SELECT compared.row_no, compared.line, 9, 'ratio', compared.ratio, 'contradicts_another_row'
    FROM compared
    WHERE compared.is_contradicted;
END;

COMMENT ON FUNCTION rollforward.staged_split_offences IS 'What is wrong with the staged splits';
