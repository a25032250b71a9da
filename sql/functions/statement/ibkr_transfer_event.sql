-- The transfers of the staged IBKR statement: securities, at the price that they came with or were worth, or cash.
CREATE OR REPLACE VIEW rollforward.ibkr_transfer_event AS
WITH transfer AS (
    SELECT printed.*,
           rollforward.statement_number(coalesce(printed.fields ->> 'Qty', printed.fields ->> 'Quantity')) AS quantity,
           rollforward.statement_number(printed.fields ->> 'Xfer Price') AS price,
           rollforward.statement_number(printed.fields ->> 'Market Value') AS worth,
           rollforward.statement_number(printed.fields ->> 'Cash Amount') AS cash,
           -- what takes back an arrival leaves
           (printed.fields ->> 'Direction' = 'Out')
               <> coalesce('Ca' = ANY (string_to_array(replace(printed.fields ->> 'Code', ' ', ''), ';')), false) AS is_out
    FROM rollforward.ibkr_printed AS printed
    WHERE printed.section = 'Transfers'
)
SELECT transfer.line,
       transfer.fields,
       transfer.is_whole,
       transfer.category,
       coalesce(transfer.fields ->> 'Date', transfer.fields ->> 'Date/Time') AS moment,
       'Date' AS dated_by,
       CASE WHEN transfer.is_out THEN 'securities_out' ELSE 'securities_in' END AS kind,
       CASE WHEN transfer.is_out THEN 'close' ELSE 'open' END AS effect,
       CASE WHEN (transfer.quantity > 0) = transfer.is_out THEN 'short' ELSE 'long' END AS side,
       transfer.symbol,
       NULL AS to_symbol,
       transfer.currency,
       abs(transfer.quantity) AS quantity,
       NULL::numeric AS per_quantity,
       coalesce(nullif(abs(transfer.price), 0), round(abs(transfer.worth / transfer.quantity), 12)) AS price,
       0::numeric AS amount,
       0::numeric AS commission,
       NULL AS commission_currency,
       NULL::numeric AS counter_amount,
       NULL AS counter_currency,
       NULL AS identity,
       concat_ws(' ', transfer.fields ->> 'Type', transfer.fields ->> 'Direction', transfer.fields ->> 'Xfer Company')
           AS description,
       NULL AS reason
FROM transfer
WHERE transfer.quantity <> 0
UNION ALL
SELECT transfer.line, transfer.fields, transfer.is_whole, NULL AS category,
       coalesce(transfer.fields ->> 'Date', transfer.fields ->> 'Date/Time') AS moment, 'Date' AS dated_by,
       CASE WHEN transfer.cash < 0 THEN 'cash_out' ELSE 'cash_in' END AS kind,
       NULL AS effect, NULL AS side, NULL AS symbol, NULL AS to_symbol, transfer.currency, NULL AS quantity,
       NULL AS per_quantity, NULL AS price, coalesce(transfer.cash, 0) AS amount, 0 AS commission,
       NULL AS commission_currency, NULL AS counter_amount, NULL AS counter_currency, NULL AS identity,
       concat_ws(' ', transfer.fields ->> 'Type', transfer.fields ->> 'Direction', transfer.fields ->> 'Xfer Company')
           AS description,
       NULL AS reason
FROM transfer
WHERE coalesce(transfer.quantity, 0) = 0;

COMMENT ON VIEW rollforward.ibkr_transfer_event IS 'The transfers of the staged IBKR statement';
