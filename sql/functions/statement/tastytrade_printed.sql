-- The staged rows of this transaction with their texts read as numbers, dates and kinds.
--
-- A text that cannot be read gives NULL, a number NaN. Times keep the wall clock of the statement as accounting date. Costs are
-- printed negative and read as positive.
CREATE OR REPLACE VIEW rollforward.tastytrade_printed AS
SELECT staged.line,
       staged.printed,
       staged.security,
       event.kind,
       event.effect,
       event.side,
       event.usual_sign,
       event.refund_kind,
       (staged.printed).date AS printed_at,
       (staged.printed).action LIKE '%\_CLOSE' AS is_closing,
       rollforward.statement_day((staged.printed).date)
           AS accounting_date,
       nullif(btrim((staged.printed).symbol), '') COLLATE "C" AS symbol,
       coalesce(nullif(btrim((staged.printed).underlying_symbol), ''), nullif(btrim((staged.printed).symbol), ''))
           COLLATE "C" AS underlying,
       btrim((staged.printed).root_symbol) COLLATE "C" AS root_symbol,
       coalesce(rollforward.statement_number((staged.printed).value), 0) AS value,
       coalesce(rollforward.statement_number((staged.printed).quantity), 0) AS quantity,
       abs(coalesce(rollforward.statement_number((staged.printed).average_price), 0)) AS average_price,
       -coalesce(rollforward.statement_number((staged.printed).commissions), 0) AS commission,
       -coalesce(rollforward.statement_number((staged.printed).fees), 0) AS fee,
       CASE staged.security WHEN 'option' THEN rollforward.statement_number((staged.printed).multiplier) END AS multiplier,
       CASE staged.security WHEN 'option' THEN rollforward.statement_number((staged.printed).strike_price) END AS strike,
       CASE staged.security
           WHEN 'option' THEN rollforward.statement_date(
               '20' || split_part((staged.printed).expiration_date, '/', 3),
               split_part((staged.printed).expiration_date, '/', 1),
               split_part((staged.printed).expiration_date, '/', 2))
       END AS expiration,
       CASE upper((staged.printed).call_or_put) WHEN 'CALL' THEN 'call' WHEN 'PUT' THEN 'put' END AS option_right,
       nullif(upper(btrim((staged.printed).currency)), '') COLLATE "C" AS currency,
       nullif(btrim((staged.printed).order_number), '') AS order_number,
       nullif((staged.printed).description, '') AS description
FROM (
    SELECT printed.line,
           printed,
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
    ON event.type = (staged.printed).type
   AND event.sub_type = (staged.printed).sub_type
   AND event.security = staged.security
   AND (event.action IS NULL OR event.action = coalesce((staged.printed).action, ''));

COMMENT ON VIEW rollforward.tastytrade_printed IS 'Staged Tastytrade rows of this transaction, read as numbers, dates and kinds';
