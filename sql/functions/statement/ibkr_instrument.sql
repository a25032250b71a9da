-- What the staged IBKR statement says of instruments; a symbol may have several names.
CREATE OR REPLACE VIEW rollforward.ibkr_instrument AS
SELECT DISTINCT ON (name.symbol)
       btrim(name.symbol) COLLATE "C" AS symbol,
       printed.fields ->> 'Type' AS type,
       rollforward.statement_number(printed.fields ->> 'Multiplier') AS multiplier,
       nullif(btrim(printed.fields ->> 'Underlying'), '') COLLATE "C" AS underlying,
       rollforward.statement_day(expiry.printed) AS expiration,
       rollforward.statement_number(printed.fields ->> 'Strike') AS strike
FROM rollforward.ibkr_printed AS printed
CROSS JOIN LATERAL string_to_table(printed.fields ->> 'Symbol', ',') AS name (symbol)
CROSS JOIN LATERAL (SELECT coalesce(printed.fields ->> 'Expiry', printed.fields ->> 'Expiration') AS printed) AS expiry
WHERE printed.section = 'Financial Instrument Information'
ORDER BY name.symbol, printed.line;

COMMENT ON VIEW rollforward.ibkr_instrument IS 'What the staged IBKR statement says of instruments';
