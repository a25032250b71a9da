-- What is wrong with the prices staged by this transaction; no row means all can be saved.
--
-- An instrument without currency takes that of its earliest good price that states one.
--
-- returns   reason: missing, unknown_symbol, not_a_date, in_the_future (beyond tomorrow), not_a_trading_day, not_a_number,
--           not_positive, too_small, too_large, contradicts_another_row (same symbol and date, another close),
--           not_a_currency, other_currency (than the instrument's), no_currency (nobody has said in which)
CREATE OR REPLACE FUNCTION rollforward.staged_price_offences()
RETURNS TABLE (row_no bigint, line integer, place integer, "column" text, value text, reason text)
LANGUAGE sql STABLE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH price AS MATERIALIZED (
        SELECT staged_price.*,
               CASE
                   WHEN staged_price.instrument_currency IS NULL
                        AND num_nonnulls(staged_price.symbol_reason, staged_price.date_reason, staged_price.close_reason) = 0
                        AND rollforward.is_currency_code(staged_price.currency)
                       THEN staged_price.currency
               END AS stated_currency
        FROM rollforward.staged_price
    ),
    quoted AS (
        SELECT price.*,
               coalesce(
                   price.instrument_currency::text,
                   first_value(price.stated_currency) OVER (
                       PARTITION BY price.instrument_id
                       ORDER BY price.stated_currency IS NULL, price.price_date, price.stated_currency)) AS quoted_in
        FROM price
    ),
    judged AS (
        SELECT quoted.*,
               CASE
                   WHEN quoted.currency = quoted.quoted_in THEN NULL
                   WHEN quoted.currency IS NOT NULL AND NOT rollforward.is_currency_code(quoted.currency)
                       THEN 'not_a_currency'
                   WHEN quoted.currency <> quoted.quoted_in THEN 'other_currency'
                   WHEN quoted.instrument_id IS NOT NULL AND coalesce(quoted.currency, quoted.quoted_in) IS NULL
                       THEN 'no_currency'
               END AS currency_reason
        FROM quoted
    ),
    offending AS MATERIALIZED (
        SELECT judged.*
        FROM judged
        WHERE coalesce(judged.symbol_reason, judged.date_reason, judged.close_reason, judged.currency_reason) IS NOT NULL
    )
    SELECT offending.row_no, offending.line, offence.place, offence."column", offence.value, offence.reason
    FROM offending
    CROSS JOIN LATERAL (VALUES
        (1, 'symbol', offending.symbol, offending.symbol_reason),
        (2, 'date', offending.date, offending.date_reason),
        (3, 'close', offending.close, offending.close_reason),
        (4, 'currency', offending.currency, offending.currency_reason)
    ) AS offence (place, "column", value, reason)
    WHERE offence.reason IS NOT NULL;
END;

COMMENT ON FUNCTION rollforward.staged_price_offences IS 'What is wrong with the staged prices';
