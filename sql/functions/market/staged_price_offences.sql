-- What is wrong with the prices staged by this transaction; no row means all can be saved.
--
-- An instrument without currency takes that of its earliest good price that states one. Coins and private instruments may be
-- priced on any day, all others on days on which a market trades.
--
-- returns   reason: missing, unknown_symbol, not_a_date, in_the_future (beyond tomorrow), not_a_trading_day, not_a_number,
--           not_positive, too_small, too_large, contradicts_another_row (same symbol and date, another close),
--           not_a_currency, other_currency (than the instrument's), no_currency (nobody has said in which)
CREATE OR REPLACE FUNCTION rollforward.staged_price_offences()
RETURNS TABLE (row_no bigint, line integer, place integer, "column" text, value text, reason text)
LANGUAGE sql STABLE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH reading AS MATERIALIZED (
        SELECT staged.row_no, staged.line, staged.symbol, staged.date, staged.close, staged.currency,
               instrument.instrument_id,
               instrument.kind,
               instrument.currency AS instrument_currency,
               rollforward.market_date(staged.date) AS price_date,
               rollforward.market_number(staged.close) AS number
        FROM rollforward.staged_market_row AS staged
        LEFT JOIN rollforward_data.instrument ON instrument.symbol = staged.symbol
        WHERE staged.unreadable IS NULL
    ),
    judged AS MATERIALIZED (
        SELECT reading.*,
               CASE
                   WHEN reading.symbol IS NULL THEN 'missing'
                   WHEN reading.instrument_id IS NULL THEN 'unknown_symbol'
               END AS symbol_reason,
               CASE
                   WHEN reading.date IS NULL THEN 'missing'
                   WHEN reading.price_date IS NULL THEN 'not_a_date'
                   WHEN reading.price_date > current_date + 1 THEN 'in_the_future'
                   WHEN reading.kind NOT IN ('crypto', 'private') AND NOT trading.is_open THEN 'not_a_trading_day'
               END AS date_reason,
               rollforward.positive_number_offence(reading.close, reading.number) AS close_reason
        FROM reading
        CROSS JOIN LATERAL rollforward.trading_day(reading.price_date) AS trading
    ),
    kept AS (
        SELECT judged.*,
               CASE WHEN judged.close_reason IS NULL AND judged.price_date IS NOT NULL THEN round(judged.number, 12) END AS kept_close
        FROM judged
    ),
    compared AS MATERIALIZED (
        SELECT kept.*,
               CASE
                   WHEN kept.close_reason IS NOT NULL THEN kept.close_reason
                   WHEN kept.kept_close IS NOT NULL AND min(kept.kept_close) OVER same_close <> max(kept.kept_close) OVER same_close
                       THEN 'contradicts_another_row'
               END AS any_close_reason
        FROM kept
        WINDOW same_close AS (PARTITION BY kept.symbol, kept.price_date)
    ),
    stating AS MATERIALIZED (
        SELECT compared.*,
               CASE
                   WHEN compared.instrument_currency IS NULL
                        AND compared.symbol_reason IS NULL
                        AND compared.date_reason IS NULL
                        AND compared.any_close_reason IS NULL
                        AND rollforward.is_currency_code(compared.currency)
                       THEN compared.currency
               END AS stated_currency
        FROM compared
    ),
    quoted AS (
        SELECT stating.*,
               coalesce(
                   stating.instrument_currency::text,
                   first_value(stating.stated_currency) OVER (
                       PARTITION BY stating.instrument_id
                       ORDER BY stating.stated_currency IS NULL, stating.price_date, stating.stated_currency)) AS quoted_in
        FROM stating
    ),
    offending AS MATERIALIZED (
        SELECT judged_currency.*
        FROM (
            SELECT quoted.*,
                   CASE
                       WHEN quoted.currency = quoted.quoted_in THEN NULL
                       WHEN NOT rollforward.is_currency_code(quoted.currency) AND quoted.currency IS NOT NULL THEN 'not_a_currency'
                       WHEN quoted.currency <> quoted.quoted_in THEN 'other_currency'
                       WHEN quoted.instrument_id IS NOT NULL AND coalesce(quoted.currency, quoted.quoted_in) IS NULL
                           THEN 'no_currency'
                   END AS currency_reason
            FROM quoted
        ) AS judged_currency
        WHERE coalesce(judged_currency.symbol_reason, judged_currency.date_reason, judged_currency.any_close_reason,
                       judged_currency.currency_reason) IS NOT NULL
    )
    SELECT offending.row_no, offending.line, offence.place, offence."column", offence.value, offence.reason
    FROM offending
    CROSS JOIN LATERAL (VALUES
        (1, 'symbol', offending.symbol, offending.symbol_reason),
        (2, 'date', offending.date, offending.date_reason),
        (3, 'close', offending.close, offending.any_close_reason),
        (4, 'currency', offending.currency, offending.currency_reason)
    ) AS offence (place, "column", value, reason)
    WHERE offence.reason IS NOT NULL;
END;

COMMENT ON FUNCTION rollforward.staged_price_offences IS 'What is wrong with the staged prices';
