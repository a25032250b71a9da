-- The staged rows of this transaction in the generic layout, with their texts read as numbers, times and kinds.
--
-- A text that cannot be read gives NULL here and an offence in generic_offences(); so does a blank one. A time keeps the wall
-- clock that is printed as accounting date; without an offset it is in UTC, and a date alone is its midnight.
--
-- amount   of a trade that prints none: quantity x price x multiplier, in the direction of its kind
-- price    of a trade that prints none: what the amount makes it
CREATE OR REPLACE VIEW rollforward.generic_reading AS
WITH read AS (
    SELECT coalesce(printed.line, row_number() OVER (ORDER BY printed.row_no)::integer + 1) AS line,
           printed,
           rollforward.statement_date(
               substr(printed.occurred_at, 1, 4), substr(printed.occurred_at, 6, 2), substr(printed.occurred_at, 9, 2))
               AS accounting_date,
           lower(btrim(printed.kind)) AS kind,
           nullif(lower(btrim(printed.effect)), '') AS effect,
           nullif(btrim(printed.symbol), '') COLLATE "C" AS symbol,
           nullif(upper(btrim(printed.currency)), '') COLLATE "C" AS currency,
           rollforward.optional_number(printed.quantity) AS quantity,
           rollforward.optional_number(printed.price) AS price,
           rollforward.optional_number(printed.amount) AS amount
    FROM rollforward_data.generic_row AS printed
    WHERE printed.transaction_id = pg_current_xact_id()
)
SELECT read.line,
       read.printed,
       CASE
           WHEN read.accounting_date IS NULL THEN NULL
           WHEN (read.printed).occurred_at ~ '^\d{4}-\d\d-\d\d$' THEN ((read.printed).occurred_at || ' 00:00Z')::timestamptz
           WHEN (read.printed).occurred_at ~ '^\d{4}-\d\d-\d\d[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$'
               THEN ((read.printed).occurred_at || 'Z')::timestamptz
           WHEN (read.printed).occurred_at
                ~ '^\d{4}-\d\d-\d\d[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)? ?([+-](0\d|1[0-5]):?[0-5]\d|Z)$'
               THEN (read.printed).occurred_at::timestamptz
       END AS occurred_at,
       read.accounting_date,
       read.kind,
       read.effect,
       read.symbol,
       read.currency,
       read.quantity,
       coalesce(read.price, CASE
           WHEN read.kind IN ('buy', 'sell') AND read.quantity > 0
           THEN round(abs(read.amount) / (read.quantity * coalesce(instrument.multiplier, 1)), 12)
       END) AS price,
       coalesce(read.amount, CASE
           WHEN (read.printed).amount ~ '\S' THEN NULL
           WHEN read.kind IN ('buy', 'sell')
               THEN round(read.quantity * read.price * coalesce(instrument.multiplier, 1), 8)
                    * CASE read.kind WHEN 'buy' THEN -1 ELSE 1 END
           WHEN read.kind IN ('expiration', 'assignment', 'exercise', 'securities_in', 'securities_out') THEN 0
       END) AS amount,
       rollforward.statement_number(btrim((read.printed).commission)) AS commission,
       rollforward.statement_number(btrim((read.printed).fee)) AS fee,
       rollforward.statement_number(btrim((read.printed).tax)) AS tax,
       nullif(upper(btrim((read.printed).commission_currency)), '') COLLATE "C" AS commission_currency,
       rollforward.optional_number((read.printed).counter_amount) AS counter_amount,
       nullif(upper(btrim((read.printed).counter_currency)), '') COLLATE "C" AS counter_currency,
       nullif(btrim((read.printed).lot_ref), '') AS lot_ref,
       nullif(btrim((read.printed).external_id), '') AS external_id,
       nullif((read.printed).description, '') AS description
FROM read
LEFT JOIN rollforward_data.instrument ON instrument.symbol = read.symbol;

COMMENT ON VIEW rollforward.generic_reading IS 'Staged rows of this transaction in the generic layout, read as numbers, times and kinds';
