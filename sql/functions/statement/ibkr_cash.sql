-- The cash report of the staged IBKR statement: a row per currency and item, apart from what is added up in the base currency.
--
-- The item comes first and has a name of its own; some statements name the columns behind it one too early.
CREATE OR REPLACE VIEW rollforward.ibkr_cash AS
SELECT btrim(printed.texts[1]) AS item,
       printed.texts[2] COLLATE "C" AS currency,
       rollforward.statement_number(coalesce(
           CASE WHEN printed.fields ? 'Currency Summary' THEN printed.fields ->> 'Total' END, printed.texts[3])) AS total
FROM rollforward.ibkr_printed AS printed
WHERE printed.section = 'Cash Report'
  AND printed.texts[2] ~ '^[A-Z]{3}$'
  AND printed.texts[3] ~ '\d';

COMMENT ON VIEW rollforward.ibkr_cash IS 'The cash report of the staged IBKR statement';
