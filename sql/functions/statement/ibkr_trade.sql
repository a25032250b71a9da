-- The trades of the staged IBKR statement: orders, or executions of kinds of instruments that it lists no orders of.
--
-- currency         that of the row
-- costs_in         the currency in which the commission is printed, which for currencies bought and sold is the base currency
-- codes            O opens, C closes; Ca takes back; options end as A assigned, Ex exercised, Ep expired, GEA one of the first two
CREATE OR REPLACE VIEW rollforward.ibkr_trade AS
SELECT printed.line,
       printed.fields,
       printed.is_whole,
       printed.category,
       printed.symbol,
       printed.currency,
       printed.fields ->> 'Date/Time' AS moment,
       rollforward.statement_number(printed.fields ->> 'Quantity') AS quantity,
       rollforward.statement_number(printed.fields ->> 'T. Price') AS price,
       coalesce(rollforward.statement_number(printed.fields ->> 'Proceeds'),
                -- futures print what they are about instead of what they cost
                -rollforward.statement_number(printed.fields ->> 'Notional Value')) AS proceeds,
       coalesce(-rollforward.statement_number(coalesce(printed.fields ->> 'Comm/Fee', apart.commission)), 0) AS commission,
       coalesce(apart.currency COLLATE "C", printed.currency) AS costs_in,
       string_to_array(replace(printed.fields ->> 'Code', ' ', ''), ';') AS codes,
       -- not its commission, which another statement may print in another currency
       concat_ws(' ', 'Trades', printed.fields ->> 'Date/Time', printed.symbol, printed.currency,
                 trim_scale(rollforward.statement_number(printed.fields ->> 'Quantity')),
                 trim_scale(rollforward.statement_number(printed.fields ->> 'Proceeds'))) AS identity
FROM rollforward.ibkr_printed AS printed
LEFT JOIN LATERAL (
    SELECT field.value AS commission, substr(field.key, length('Comm in ') + 1) AS currency
    FROM jsonb_each_text(printed.fields) AS field (key, value)
    WHERE field.key ~ '^Comm in [A-Z]{3}$'
) AS apart ON NOT printed.fields ? 'Comm/Fee'
WHERE printed.section = 'Trades'
  AND (printed.fields ->> 'DataDiscriminator' = 'Order'
       OR printed.fields ->> 'DataDiscriminator' = 'Trade'
          AND printed.category NOT IN (
              SELECT ordered.category
              FROM rollforward.ibkr_printed AS ordered
              WHERE ordered.section = 'Trades'
                AND ordered.category IS NOT NULL
                AND ordered.fields ->> 'DataDiscriminator' = 'Order'));

COMMENT ON VIEW rollforward.ibkr_trade IS 'The trades of the staged IBKR statement';
