-- Strike adjustments after special dividends among the staged rows: each made of one negative and one positive row.
--
-- A pair agrees in root symbol, expiration, right and quantity, lies within two seconds, has two different strikes
-- and values that cancel to the cent. The strike falls: the larger one is the old contract. Rows that find no
-- partner are offences.
CREATE OR REPLACE VIEW rollforward.tastytrade_adjustment AS
WITH ranked AS (
    SELECT reading.line, reading.occurred_at, reading.accounting_date, reading.root_symbol, reading.expiration,
           reading.option_right, reading.quantity, reading.strike, reading.value, reading.symbol, reading.currency,
           reading.description,
           row_number() OVER (
               PARTITION BY reading.root_symbol, reading.expiration, reading.option_right, reading.quantity,
                            reading.currency, sign(reading.value)
               ORDER BY abs(reading.value), reading.strike, reading.occurred_at
           ) AS rank
    FROM rollforward.tastytrade_reading AS reading
    WHERE reading.kind = 'strike_adjustment'
)
SELECT debit.line AS debit_line,
       credit.line AS credit_line,
       least(debit.occurred_at, credit.occurred_at) AS occurred_at,
       least(debit.accounting_date, credit.accounting_date) AS accounting_date,
       CASE WHEN debit.strike > credit.strike THEN debit.symbol ELSE credit.symbol END AS symbol,
       CASE WHEN debit.strike > credit.strike THEN credit.symbol ELSE debit.symbol END AS to_symbol,
       debit.quantity,
       debit.currency,
       CASE WHEN debit.strike > credit.strike THEN debit.description ELSE credit.description END AS description
FROM ranked AS debit
JOIN ranked AS credit
    ON credit.root_symbol = debit.root_symbol
   AND credit.expiration = debit.expiration
   AND credit.option_right = debit.option_right
   AND credit.quantity = debit.quantity
   AND credit.currency = debit.currency
   AND credit.rank = debit.rank
WHERE debit.value < 0
  AND credit.value > 0
  AND debit.strike <> credit.strike
  AND abs(debit.value + credit.value) <= 0.01
  AND credit.occurred_at BETWEEN debit.occurred_at - interval '2 seconds' AND debit.occurred_at + interval '2 seconds';

COMMENT ON VIEW rollforward.tastytrade_adjustment IS 'Pairs of staged special-dividend rows, each one strike adjustment';
