-- What the rows of the staged IBKR statement are about, section by section.
--
-- category     the kind of instrument, as the statement calls it; NULL where no instrument moves
-- moment       the day or time as printed
-- reason       why the row cannot be booked, where that is so before any of its values is read
CREATE OR REPLACE VIEW rollforward.ibkr_event AS
SELECT trade.line, trade.fields, trade.is_whole, trade.category, trade.moment, 'Date/Time' AS dated_by,
       CASE
           WHEN trade.category = 'Forex' THEN 'conversion'
           WHEN ending.kind IS NOT NULL THEN ending.kind
           WHEN trade.quantity < 0 THEN 'sell'
           ELSE 'buy'
       END AS kind,
       CASE
           WHEN trade.category = 'Forex' THEN NULL
           WHEN ending.kind IS NOT NULL THEN 'close'
           -- what takes back an opening closes it
           WHEN 'Ca' = ANY (trade.codes) THEN 'auto'
           WHEN code.closes AND NOT code.opens THEN 'close'
           WHEN code.opens AND NOT code.closes THEN 'open'
           ELSE 'auto'
       END AS effect,
       CASE WHEN ending.kind IS NOT NULL
            THEN CASE WHEN trade.quantity < 0 THEN 'long' ELSE 'short' END END AS side,
       CASE WHEN trade.category <> 'Forex' THEN trade.symbol END AS symbol,
       NULL::text AS to_symbol,
       CASE WHEN trade.category = 'Forex' AND trade.quantity > 0 THEN split_part(trade.symbol, '.', 1) ELSE trade.currency END
           AS currency,
       CASE WHEN trade.category <> 'Forex' THEN abs(trade.quantity) END AS quantity,
       NULL::numeric AS per_quantity,
       CASE WHEN trade.category = 'Forex' THEN trade.price END AS price,
       CASE WHEN trade.category = 'Forex' AND trade.quantity > 0 THEN trade.quantity ELSE trade.proceeds END AS amount,
       coalesce(charged.commission, trade.commission) AS commission,
       coalesce(charged.currency, trade.costs_in) AS commission_currency,
       CASE WHEN trade.category = 'Forex'
            THEN CASE WHEN trade.quantity > 0 THEN trade.proceeds ELSE trade.quantity END END AS counter_amount,
       CASE WHEN trade.category = 'Forex'
            THEN CASE WHEN trade.quantity > 0 THEN trade.currency ELSE split_part(trade.symbol, '.', 1) END END
           AS counter_currency,
       concat_ws(' ', 'Trades', trade.moment, trade.symbol, trade.currency, trim_scale(trade.quantity),
                 trim_scale(trade.proceeds)) AS identity,
       trade.fields ->> 'Code' AS description,
       -- they are settled in cash every day, of which the trades say nothing
       CASE trade.category WHEN 'Futures' THEN 'not_supported_yet' END AS reason
FROM rollforward.ibkr_trade AS trade
LEFT JOIN rollforward.ibkr_forex_commission AS charged USING (line)
CROSS JOIN LATERAL (
    SELECT coalesce('O' = ANY (trade.codes), false) AS opens, coalesce('C' = ANY (trade.codes), false) AS closes
) AS code
CROSS JOIN LATERAL (
    SELECT CASE
               WHEN trade.category !~ 'Option' THEN NULL
               WHEN 'Ep' = ANY (trade.codes) THEN 'expiration'
               WHEN 'A' = ANY (trade.codes) OR 'GEA' = ANY (trade.codes) AND trade.quantity > 0 THEN 'assignment'
               WHEN trade.codes && '{Ex,GEA,AEx,MEx}' THEN 'exercise'
           END AS kind
) AS ending
UNION ALL
SELECT printed.line, printed.fields, printed.is_whole, NULL, printed.fields ->> section.dated_by, section.dated_by,
       CASE
           WHEN printed.section = 'Deposits & Withdrawals' AND amount.value < 0
                AND printed.fields ->> 'Description' ~* '^\s*(commission|fee)' THEN 'fee'
           WHEN printed.section = 'Interest' AND amount.value > 0
                AND printed.fields ->> 'Description' ~* '(SYEP|securities lent|stock loan)' THEN 'lending'
           WHEN amount.value < 0 THEN section.outward_kind
           ELSE section.kind
       END,
       NULL, NULL,
       CASE WHEN section.kind LIKE 'dividend%'
            THEN coalesce(printed.symbol, btrim(substring(printed.fields ->> 'Description' FROM '^([^(]{1,60}?)\s*\('))) END,
       NULL,
       printed.currency,
       NULL, NULL, NULL, amount.value, 0, NULL, NULL, NULL, NULL,
       concat_ws(' ', nullif(printed.fields ->> 'Subtitle', ''), printed.fields ->> 'Description'),
       NULL
FROM rollforward.ibkr_printed AS printed
JOIN rollforward.ibkr_section AS section ON section.name = printed.section
CROSS JOIN LATERAL (SELECT rollforward.statement_number(printed.fields ->> 'Amount') AS value) AS amount
UNION ALL
SELECT printed.line, printed.fields, printed.is_whole,
       printed.category,
       coalesce(printed.fields ->> 'Date', printed.fields ->> 'Date/Time'), 'Date',
       CASE WHEN moved.quantity <> 0
            THEN CASE WHEN moved.is_out THEN 'securities_out' ELSE 'securities_in' END
            ELSE CASE WHEN moved.cash < 0 THEN 'cash_out' ELSE 'cash_in' END END,
       CASE WHEN moved.quantity <> 0
            THEN CASE WHEN moved.is_out THEN 'close' ELSE 'open' END END,
       CASE WHEN moved.quantity <> 0
            THEN CASE WHEN (moved.quantity > 0) = moved.is_out THEN 'short' ELSE 'long' END END,
       CASE WHEN moved.quantity <> 0 THEN printed.symbol END,
       NULL,
       printed.currency,
       CASE WHEN moved.quantity <> 0 THEN abs(moved.quantity) END,
       NULL,
       CASE WHEN moved.quantity <> 0
            THEN coalesce(nullif(abs(moved.price), 0), round(abs(moved.value / moved.quantity), 12)) END,
       CASE WHEN moved.quantity <> 0 THEN 0 ELSE coalesce(moved.cash, 0) END,
       0, NULL, NULL, NULL, NULL,
       concat_ws(' ', printed.fields ->> 'Type', printed.fields ->> 'Direction', printed.fields ->> 'Xfer Company'),
       NULL
FROM rollforward.ibkr_printed AS printed
CROSS JOIN LATERAL (
    SELECT rollforward.statement_number(coalesce(printed.fields ->> 'Qty', printed.fields ->> 'Quantity')) AS quantity,
           rollforward.statement_number(printed.fields ->> 'Xfer Price') AS price,
           rollforward.statement_number(printed.fields ->> 'Market Value') AS value,
           rollforward.statement_number(printed.fields ->> 'Cash Amount') AS cash,
           -- what takes back an arrival leaves
           (printed.fields ->> 'Direction' = 'Out')
               <> coalesce('Ca' = ANY (string_to_array(replace(printed.fields ->> 'Code', ' ', ''), ';')), false) AS is_out
) AS moved
WHERE printed.section = 'Transfers'
UNION ALL
SELECT event.line, event.fields, event.is_whole, event.category, event.moment, event.dated_by, event.kind, event.effect, NULL,
       event.symbol, event.to_symbol, event.currency, event.quantity, event.per_quantity, NULL, event.amount, 0, NULL, NULL, NULL,
       event.identity, event.description, event.reason
FROM rollforward.ibkr_corporate_action AS event
UNION ALL
-- what is held says what it is, and may have come before anything that was ever imported
SELECT printed.line, printed.fields, true, printed.category,
       NULL, NULL, NULL, NULL, NULL, printed.symbol, NULL, printed.currency, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL
FROM rollforward.ibkr_printed AS printed
WHERE printed.section = 'Open Positions'
  AND printed.is_summary
UNION ALL
-- what moves money, and nobody has said how
SELECT printed.line, printed.fields, printed.is_whole, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, NULL, printed.section,
       CASE printed.section WHEN 'Trades' THEN 'unknown_row_kind' ELSE 'unknown_section' END
FROM rollforward.ibkr_printed AS printed
WHERE CASE
          WHEN printed.section = 'Trades'
              THEN printed.fields ->> 'DataDiscriminator' NOT IN ('Order', 'Trade', 'ClosedLot', 'Closed Lot', 'WashSale', 'Wash Sale')
          ELSE printed.fields ?& '{Currency,Amount}' AND printed.fields ?| '{Date,Date/Time,Settle Date}'
               AND printed.section NOT IN ('Corporate Actions', 'Transfers', 'Transaction Fees')
               AND printed.section NOT IN (SELECT section.name FROM rollforward.ibkr_section AS section)
      END
UNION ALL
SELECT staged.line, to_jsonb(staged.fields), false, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, NULL, staged.section, 'missing_header'
FROM rollforward_data.ibkr_row AS staged
WHERE staged.transaction_id = pg_current_xact_id()
  AND staged.row_type = 'Data'
  AND staged.named IS NULL
  AND staged.fields[1] NOT LIKE 'Total%'
  AND (staged.section IN ('Trades', 'Corporate Actions', 'Transfers')
       OR staged.section IN (SELECT section.name FROM rollforward.ibkr_section AS section));

COMMENT ON VIEW rollforward.ibkr_event IS 'What the rows of the staged IBKR statement are about, section by section';
