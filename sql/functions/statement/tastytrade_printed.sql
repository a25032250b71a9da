-- The staged rows of this transaction with their texts read as numbers, dates and kinds.
--
-- A text that cannot be read gives NULL, a number NaN. Times keep the wall clock of the statement as accounting date. Costs are
-- printed negative and read as positive.
CREATE OR REPLACE VIEW rollforward.tastytrade_printed AS
SELECT staged.line,
       staged.date AS printed_date,
       staged.type AS printed_type,
       staged.sub_type AS printed_sub_type,
       staged.action AS printed_action,
       staged.symbol AS printed_symbol,
       staged.instrument_type AS printed_instrument_type,
       staged.value AS printed_value,
       staged.quantity AS printed_quantity,
       staged.average_price AS printed_average_price,
       staged.commissions AS printed_commissions,
       staged.fees AS printed_fees,
       staged.multiplier AS printed_multiplier,
       staged.expiration_date AS printed_expiration_date,
       staged.strike_price AS printed_strike_price,
       staged.call_or_put AS printed_call_or_put,
       staged.order_number AS printed_order_number,
       staged.currency AS printed_currency,
       staged.security,
       event.kind,
       event.effect,
       event.side,
       event.usual_sign,
       event.refund_kind,
       staged.action LIKE '%\_CLOSE' AS is_closing,
       rollforward.statement_day(staged.date) AS accounting_date,
       nullif(btrim(staged.symbol), '') COLLATE "C" AS symbol,
       coalesce(nullif(btrim(staged.underlying_symbol), ''), nullif(btrim(staged.symbol), ''))
           COLLATE "C" AS underlying,
       btrim(staged.root_symbol) COLLATE "C" AS root_symbol,
       coalesce(rollforward.statement_number(staged.value), 0) AS value,
       coalesce(rollforward.statement_number(staged.quantity), 0) AS quantity,
       abs(coalesce(rollforward.statement_number(staged.average_price), 0)) AS average_price,
       -coalesce(rollforward.statement_number(staged.commissions), 0) AS commission,
       -coalesce(rollforward.statement_number(staged.fees), 0) AS fee,
       CASE staged.security WHEN 'option' THEN rollforward.statement_number(staged.multiplier) END AS multiplier,
       CASE staged.security WHEN 'option' THEN rollforward.statement_number(staged.strike_price) END AS strike,
       CASE staged.security
           WHEN 'option' THEN rollforward.statement_date(
               '20' || split_part(staged.expiration_date, '/', 3),
               split_part(staged.expiration_date, '/', 1),
               split_part(staged.expiration_date, '/', 2))
       END AS expiration,
       CASE upper(staged.call_or_put) WHEN 'CALL' THEN 'call' WHEN 'PUT' THEN 'put' END AS option_right,
       nullif(upper(btrim(staged.currency)), '') COLLATE "C" AS currency,
       nullif(btrim(staged.order_number), '') AS order_number,
       nullif(staged.description, '') AS description
FROM (
    SELECT printed.*,
           CASE
               WHEN printed.type = 'Money Movement' THEN 'cash'
               WHEN printed.instrument_type IN ('Equity', 'Cryptocurrency') THEN 'share'
               WHEN printed.instrument_type IN ('Equity Option', 'Future Option') THEN 'option'
               WHEN printed.instrument_type = 'Future' THEN 'future'
           END AS security
    FROM rollforward_data.tastytrade_row AS printed
    WHERE printed.transaction_id = pg_current_xact_id()
) AS staged
LEFT JOIN rollforward.tastytrade_event AS event
    ON event.type = staged.type
   AND event.sub_type = staged.sub_type
   AND event.security = staged.security
   AND (event.action IS NULL OR event.action = coalesce(staged.action, ''));

COMMENT ON VIEW rollforward.tastytrade_printed IS 'Staged Tastytrade rows of this transaction, read as numbers, dates and kinds';
