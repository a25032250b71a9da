-- What the staged IBKR statement says of itself: its first and last day, and the base currency; NULL where it does not.
CREATE OR REPLACE VIEW rollforward.ibkr_period AS
WITH field AS (
    SELECT printed.section, printed.fields ->> 'Field Name' AS name, btrim(printed.fields ->> 'Field Value') AS value
    FROM rollforward.ibkr_printed AS printed
    WHERE printed.section IN ('Statement', 'Account Information')
),
part AS (
    SELECT regexp_match(
               max(field.value) FILTER (WHERE field.section = 'Statement' AND field.name = 'Period'),
               '^(?:([A-Z][a-z]+) (\d{1,2}), (\d{4}) - )?([A-Z][a-z]+) (\d{1,2}), (\d{4})$') AS parts,
           max(field.value) FILTER (WHERE field.name = 'Base Currency') AS base_currency,
           ARRAY['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November',
                 'December'] AS months
    FROM field
)
SELECT coalesce(
           rollforward.statement_date(part.parts[3], array_position(part.months, part.parts[1])::text, part.parts[2]),
           rollforward.statement_date(part.parts[6], array_position(part.months, part.parts[4])::text, part.parts[5]))
           AS first_day,
       rollforward.statement_date(part.parts[6], array_position(part.months, part.parts[4])::text, part.parts[5]) AS last_day,
       CASE WHEN rollforward.is_currency_code(part.base_currency) THEN part.base_currency END AS base_currency
FROM part;

COMMENT ON VIEW rollforward.ibkr_period IS 'What the staged IBKR statement says of itself: its days and its base currency';
