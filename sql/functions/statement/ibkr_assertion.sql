-- What the staged IBKR statement says of balances and positions: cash at its beginning and its end, what is held at its end,
-- what was realized in between. What was realized is said in the base currency:
-- kept of instruments that trade in it.
CREATE OR REPLACE VIEW rollforward.ibkr_assertion AS
SELECT stated.subject::rollforward_data.assertion_subject, stated.as_of, stated.from_date,
       stated.currency COLLATE "C" AS currency, stated.symbol COLLATE "C" AS symbol, stated.value, stated.tolerance
FROM (
    SELECT 'cash' AS subject,
           CASE cash.item WHEN 'Ending Cash' THEN period.last_day ELSE period.first_day - 1 END AS as_of,
           NULL::date AS from_date, cash.currency, NULL AS symbol, cash.total AS value, 0.005 AS tolerance
    FROM rollforward.ibkr_cash AS cash
    CROSS JOIN rollforward.ibkr_period AS period
    WHERE cash.item IN ('Starting Cash', 'Ending Cash')
    UNION ALL
    SELECT 'quantity', period.last_day, NULL, printed.currency, printed.symbol,
           rollforward.statement_number(printed.fields ->> 'Quantity'), 0
    FROM rollforward.ibkr_printed AS printed
    CROSS JOIN rollforward.ibkr_period AS period
    WHERE printed.section = 'Open Positions'
      AND printed.is_summary
    UNION ALL
    SELECT 'realized', period.last_day, period.first_day, period.base_currency, printed.symbol,
           rollforward.statement_number(printed.fields ->> 'Realized Total'), 0.005
    FROM rollforward.ibkr_printed AS printed
    CROSS JOIN rollforward.ibkr_period AS period
    JOIN rollforward_data.instrument
        ON instrument.symbol = printed.symbol
       AND instrument.currency = period.base_currency
    WHERE printed.section = 'Realized & Unrealized Performance Summary'
) AS stated
WHERE stated.as_of IS NOT NULL
  AND (stated.subject <> 'realized' OR stated.from_date <= stated.as_of)
  AND abs(stated.value) < 1e22
  AND rollforward.is_currency_code(stated.currency)
  AND (stated.subject = 'cash'
       OR EXISTS (SELECT FROM rollforward_data.instrument WHERE instrument.symbol = stated.symbol COLLATE "C"));

COMMENT ON VIEW rollforward.ibkr_assertion IS 'What the staged IBKR statement says of balances and positions';
