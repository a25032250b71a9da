-- The rows of market data that this transaction has staged: texts without blanks around them, NULL where there is none.
--
-- relies on   market_row_pkey
CREATE OR REPLACE VIEW rollforward.staged_market_row AS
SELECT printed.row_no,
       coalesce(printed.line, row_number() OVER (ORDER BY printed.row_no)::integer + 1) AS line,
       printed.unreadable,
       nullif(btrim(printed.symbol), '') COLLATE "C" AS symbol,
       nullif(btrim(printed.date), '') COLLATE "C" AS date,
       nullif(btrim(printed.close), '') COLLATE "C" AS close,
       nullif(btrim(printed.currency), '') COLLATE "C" AS currency,
       nullif(btrim(printed.quote_currency), '') COLLATE "C" AS quote_currency,
       nullif(btrim(printed.rate), '') COLLATE "C" AS rate,
       nullif(btrim(printed.ratio), '') COLLATE "C" AS ratio,
       lower(nullif(btrim(printed.kind), '')) AS kind,
       nullif(btrim(printed.sector), '') AS sector,
       nullif(btrim(printed.industry), '') AS industry,
       nullif(btrim(printed.beta), '') COLLATE "C" AS beta,
       lower(nullif(btrim(printed.is_etf), '')) AS is_etf,
       nullif(btrim(printed.multiplier), '') COLLATE "C" AS multiplier,
       nullif(btrim(printed.underlying), '') COLLATE "C" AS underlying,
       nullif(btrim(printed.expiration), '') COLLATE "C" AS expiration,
       nullif(btrim(printed.strike), '') COLLATE "C" AS strike,
       lower(nullif(btrim(printed.option_right), '')) AS option_right,
       nullif(btrim(printed.calendar), '') COLLATE "C" AS calendar
FROM rollforward_data.market_row AS printed
WHERE printed.transaction_id = pg_current_xact_id();

COMMENT ON VIEW rollforward.staged_market_row IS 'Rows of market data that this transaction has staged';
