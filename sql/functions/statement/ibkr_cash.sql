-- The cash report of the staged IBKR statement: a row per currency and item, apart from what is added up in the base currency.
CREATE OR REPLACE VIEW rollforward.ibkr_cash AS
SELECT btrim(printed.texts[1]) AS item,
       printed.texts[2] COLLATE "C" AS currency,
       rollforward.statement_number(printed.texts[3]) AS total
FROM rollforward.ibkr_printed AS printed
WHERE printed.section = 'Cash Report'
  AND printed.texts[2] ~ '^[A-Z]{3}$'
  AND rollforward.statement_number(printed.texts[3]) <> 'NaN';

COMMENT ON VIEW rollforward.ibkr_cash IS 'The cash report of the staged IBKR statement';
