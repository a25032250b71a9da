-- The staged rows of this transaction in the layout of IBKR's activity statements, as movements.
--
-- Times are printed without a zone and kept as they are; the day that is printed is the accounting date. faults:
-- unknown_section, unknown_row_kind, not_supported_yet (futures), ambiguous (one share became several), missing_header,
-- several_accounts, wrong_field_count, not_a_time, not_a_number, missing, not_a_name, unknown_currency.
CREATE OR REPLACE VIEW rollforward.ibkr_reading AS
WITH read AS MATERIALIZED (
    SELECT event.*,
           rollforward.statement_day(event.moment)
               AS accounting_date,
           -- AAPL 15MAR24 150 C
           regexp_match(event.symbol, '^(\S.{0,20}) (\d\d[A-Z]{3}\d\d) (\d{1,9}(?:\.\d{1,6})?) ([CP])$') AS contract
    FROM rollforward.ibkr_event AS event
),
described AS MATERIALIZED (
    SELECT read.*,
           rollforward.statement_time(replace(read.moment, ', ', ' '), read.accounting_date) AS occurred_at,
           CASE
               WHEN read.category = 'Stocks' AND instrument.type = 'ETF' THEN 'etf'
               WHEN read.category IS NULL AND read.symbol IS NOT NULL THEN CASE instrument.type WHEN 'ETF' THEN 'etf' ELSE 'stock' END
               WHEN read.category IN ('Stocks', 'Warrants', 'Structured Products') THEN 'stock'
               WHEN read.category = 'Mutual Funds' THEN 'fund'
               WHEN read.category ~ '^(Equity and Index Options|Options)$' THEN 'option'
               WHEN read.category ~ 'Options' THEN 'future_option'
               WHEN read.category = 'Futures' THEN 'future'
               WHEN read.category ~ '^Crypto' THEN 'crypto'
               WHEN read.category ~ '^(Bonds|Bills|Treasury Bills|Corporate Bonds|Government Bonds|Municipal Bonds)$' THEN 'private'
           END AS instrument_kind,
           instrument.multiplier,
           coalesce(instrument.underlying, read.contract[1] COLLATE "C") AS underlying,
           coalesce(instrument.expiration, rollforward.statement_date(
               '20' || substr(read.contract[2], 6, 2),
               (strpos('JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC', substr(read.contract[2], 3, 3)) / 3 + 1)::text,
               substr(read.contract[2], 1, 2))) AS expiration,
           coalesce(instrument.strike, rollforward.statement_number(read.contract[3])) AS strike,
           CASE coalesce(CASE WHEN instrument.type IN ('C', 'P') THEN instrument.type END, read.contract[4])
               WHEN 'C' THEN 'call' WHEN 'P' THEN 'put' END AS option_right
    FROM read
    LEFT JOIN rollforward.ibkr_instrument AS instrument ON instrument.symbol = read.symbol COLLATE "C"
),
judged AS (
    SELECT described.*,
           -- one and another: a statement of several accounts is not of this one
           CASE WHEN min(described.fields ->> 'Account') OVER () <> max(described.fields ->> 'Account') OVER () THEN 2 ELSE 1 END AS accounts,
           described.moment IS NOT NULL OR described.kind IS NOT NULL OR described.reason IS NOT NULL AS is_movement,
           rollforward.is_currency_code(described.currency)
               AND coalesce(described.multiplier > 0 AND described.multiplier <> 'NaN', true)
               AND (described.instrument_kind NOT IN ('option', 'future_option')
                    OR described.underlying IS NOT NULL AND described.expiration IS NOT NULL
                       AND described.option_right IS NOT NULL AND described.strike > 0 AND described.strike <> 'NaN')
               AS is_complete
    FROM described
)
SELECT described.line,
       NULL::text AS account,
       described.occurred_at,
       described.accounting_date,
       described.kind,
       described.effect,
       described.side,
       described.symbol COLLATE "C" AS symbol,
       described.to_symbol COLLATE "C" AS to_symbol,
       described.currency COLLATE "C" AS currency,
       described.quantity,
       described.price,
       described.amount,
       described.commission,
       0::numeric AS fee,
       0::numeric AS tax,
       nullif(described.commission_currency, described.currency) COLLATE "C" AS commission_currency,
       described.counter_amount,
       described.counter_currency COLLATE "C" AS counter_currency,
       described.per_quantity,
       NULL::text AS lot_ref,
       NULL::text AS external_id,
       nullif(described.description, '') AS description,
       described.identity,
       CASE WHEN described.is_movement OR described.is_complete THEN described.instrument_kind END AS instrument_kind,
       CASE WHEN described.instrument_kind IN ('option', 'future_option') THEN coalesce(described.multiplier, 100)
            ELSE described.multiplier END AS multiplier,
       CASE WHEN described.instrument_kind IN ('option', 'future_option') THEN described.underlying END AS underlying,
       CASE WHEN described.instrument_kind IN ('option', 'future_option', 'future') THEN described.expiration END AS expiration,
       CASE WHEN described.instrument_kind IN ('option', 'future_option') THEN described.strike END AS strike,
       CASE WHEN described.instrument_kind IN ('option', 'future_option') THEN described.option_right END AS option_right,
       NULL::numeric AS quote,
       CASE WHEN described.reason IS NOT NULL
            THEN ARRAY[rollforward.fault('', described.fields::text, described.reason)]
            WHEN NOT described.is_movement THEN '{}'
            ELSE array_remove(ARRAY[
           CASE WHEN NOT described.is_whole
                THEN rollforward.fault('', described.fields::text, 'wrong_field_count') END,
           CASE WHEN described.accounts > 1
                THEN rollforward.fault('Account', described.fields ->> 'Account', 'several_accounts') END,
           CASE WHEN described.occurred_at IS NULL
                THEN rollforward.fault(described.dated_by, described.moment, 'not_a_time') END,
           CASE WHEN described.category IS NOT NULL AND described.instrument_kind IS NULL AND described.category <> 'Forex'
                THEN rollforward.fault('Asset Category', described.category, 'unknown_row_kind') END,
           CASE WHEN described.category IS NOT NULL AND described.symbol IS NULL
                     AND described.kind NOT IN ('conversion', 'cash_in', 'cash_out')
                     OR described.kind = 'conversion' AND described.fields ->> 'Symbol' !~ '^[A-Z]{3}\.[A-Z]{3}$'
                THEN rollforward.fault('Symbol', described.fields ->> 'Symbol', 'missing') END,
           CASE WHEN described.quantity = 'NaN' OR described.counter_amount = 'NaN'
                     OR described.kind = 'conversion'
                        AND rollforward.statement_number(described.fields ->> 'Quantity') IS NOT DISTINCT FROM 'NaN'
                THEN rollforward.fault('Quantity', coalesce(described.fields ->> 'Quantity', described.fields ->> 'Qty'), 'not_a_number')
           END,
           CASE WHEN described.amount IS NULL
                THEN rollforward.fault('Amount', coalesce(described.fields ->> 'Amount', described.fields ->> 'Proceeds'), 'missing')
                WHEN described.amount = 'NaN'
                THEN rollforward.fault('Amount', coalesce(described.fields ->> 'Amount', described.fields ->> 'Proceeds'), 'not_a_number')
           END,
           CASE WHEN described.price = 'NaN' THEN rollforward.fault('T. Price', described.fields ->> 'T. Price', 'not_a_number') END,
           CASE WHEN described.commission = 'NaN'
                THEN rollforward.fault('Comm/Fee', described.fields ->> 'Comm/Fee', 'not_a_number') END,
           CASE WHEN NOT described.is_complete AND described.instrument_kind IN ('option', 'future_option')
                THEN rollforward.fault('Symbol', described.symbol, 'not_a_contract') END,
           CASE WHEN described.multiplier <= 0 OR described.multiplier = 'NaN'
                THEN rollforward.fault('Multiplier', described.multiplier::text, 'not_positive') END,
           CASE WHEN NOT rollforward.is_currency_code(described.currency)
                     OR NOT rollforward.is_currency_code(coalesce(described.counter_currency, 'USD'))
                THEN rollforward.fault('Currency', described.fields ->> 'Currency', 'unknown_currency') END
       ], NULL) END AS faults
FROM judged AS described;

COMMENT ON VIEW rollforward.ibkr_reading IS 'Staged rows of this transaction in IBKR''s layout, as movements';
