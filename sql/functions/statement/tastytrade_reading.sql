-- The staged rows of this transaction with their texts read as numbers, dates and kinds.
--
-- A text that cannot be read gives NULL here and an offence in tastytrade_offences(). Times keep the wall clock of
-- the statement as accounting date. Costs are printed negative and read as positive.
CREATE OR REPLACE VIEW rollforward.tastytrade_reading AS
WITH staged AS (
    SELECT coalesce(printed.line, row_number() OVER (ORDER BY printed.row_no)::integer + 1) AS line,
           printed,
           rollforward.statement_date(
               substr(printed.date, 1, 4), substr(printed.date, 6, 2), substr(printed.date, 9, 2)) AS accounting_date,
           CASE
               WHEN printed.type = 'Money Movement' THEN 'cash'
               WHEN printed.instrument_type = 'Equity' THEN 'share'
               WHEN printed.instrument_type IN ('Equity Option', 'Future Option') THEN 'option'
           END AS security
    FROM rollforward_data.tastytrade_row AS printed
    WHERE printed.transaction_id = pg_current_xact_id()
)
SELECT staged.line,
       staged.printed,
       event.kind,
       event.effect,
       event.side,
       CASE
           WHEN staged.accounting_date IS NOT NULL
                AND (staged.printed).date ~ '^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d([+-](0\d|1[0-5]):?[0-5]\d|Z)$'
           THEN (staged.printed).date::timestamptz
       END AS occurred_at,
       staged.accounting_date,
       staged.security,
       nullif(btrim((staged.printed).symbol), '') COLLATE "C" AS symbol,
       coalesce(nullif(btrim((staged.printed).underlying_symbol), ''), nullif(btrim((staged.printed).symbol), ''))
           COLLATE "C" AS underlying,
       btrim((staged.printed).root_symbol) COLLATE "C" AS root_symbol,
       rollforward.statement_number((staged.printed).value) AS value,
       rollforward.statement_number((staged.printed).quantity) AS quantity,
       abs(rollforward.statement_number((staged.printed).average_price)) AS average_price,
       -rollforward.statement_number((staged.printed).commissions) AS commission,
       -rollforward.statement_number((staged.printed).fees) AS fee,
       rollforward.statement_number((staged.printed).multiplier) AS multiplier,
       rollforward.statement_number((staged.printed).strike_price) AS strike,
       rollforward.statement_date(
           '20' || split_part((staged.printed).expiration_date, '/', 3),
           split_part((staged.printed).expiration_date, '/', 1),
           split_part((staged.printed).expiration_date, '/', 2)) AS expiration,
       CASE upper((staged.printed).call_or_put) WHEN 'CALL' THEN 'call' WHEN 'PUT' THEN 'put' END
           ::rollforward_data.option_right AS option_right,
       nullif(upper(btrim((staged.printed).currency)), '') COLLATE "C" AS currency,
       nullif(btrim((staged.printed).order_number), '') AS order_number,
       nullif((staged.printed).description, '') AS description
FROM staged
LEFT JOIN rollforward.tastytrade_event AS event
    ON event.type = (staged.printed).type
   AND event.sub_type = (staged.printed).sub_type
   AND event.security = staged.security
   AND (event.action IS NULL OR event.action = coalesce((staged.printed).action, ''));

COMMENT ON VIEW rollforward.tastytrade_reading IS 'Staged Tastytrade rows of this transaction, read as numbers, dates and kinds';
