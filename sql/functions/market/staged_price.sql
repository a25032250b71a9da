-- The prices staged by this transaction: texts read as dates and numbers, and what is wrong with symbol, date and close.
--
-- A close is judged by itself, then next to the others of its symbol and day. Coins and private instruments may be priced on
-- any day, all others on days on which a market trades. Each step reads a text once: hence MATERIALIZED.
CREATE OR REPLACE VIEW rollforward.staged_price AS
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
           rollforward.positive_number_offence(reading.close, reading.number) AS number_reason,
           CASE
               WHEN reading.date IS NULL THEN 'missing'
               WHEN reading.price_date IS NULL THEN 'not_a_date'
               WHEN reading.price_date > current_date + 1 THEN 'in_the_future'
               WHEN reading.kind NOT IN ('crypto', 'private') AND NOT trading.is_open THEN 'not_a_trading_day'
           END AS date_reason
    FROM reading
    CROSS JOIN LATERAL rollforward.trading_day(reading.price_date) AS trading
),
kept AS (
    SELECT judged.*,
           CASE WHEN judged.number_reason IS NULL AND judged.price_date IS NOT NULL
                THEN round(judged.number, 12)
           END AS kept_close
    FROM judged
)
SELECT kept.row_no, kept.line, kept.symbol, kept.date, kept.close, kept.currency,
       kept.instrument_id, kept.instrument_currency, kept.price_date,
       CASE
           WHEN kept.symbol IS NULL THEN 'missing'
           WHEN kept.instrument_id IS NULL THEN 'unknown_symbol'
       END AS symbol_reason,
       kept.date_reason,
       CASE
           WHEN kept.number_reason IS NOT NULL THEN kept.number_reason
           WHEN kept.kept_close IS NOT NULL AND min(kept.kept_close) OVER same_day <> max(kept.kept_close) OVER same_day
               THEN 'contradicts_another_row'
       END AS close_reason
FROM kept
WINDOW same_day AS (PARTITION BY kept.symbol, kept.price_date);

COMMENT ON VIEW rollforward.staged_price IS
    'Prices staged by this transaction, and what is wrong with symbol, date and close';
