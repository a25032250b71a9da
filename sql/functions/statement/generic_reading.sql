-- The staged rows of this transaction in the generic layout, as movements.
--
-- The day that is printed is the accounting date. A symbol that nobody knows yet becomes a stock: profiles that say better come
-- first. faults: missing, not_a_time, not_a_number, negative, unknown_row_kind, unknown_effect, unknown_currency, and
-- not_supported_yet for splits and strike adjustments, which are not an account's own (load splits instead).
CREATE OR REPLACE VIEW rollforward.generic_reading AS
SELECT timed.line,
       nullif(btrim((timed.printed).account), '') AS account,
       timed.occurred_at,
       timed.accounting_date,
       timed.kind,
       timed.effect,
       NULL::text AS side,
       timed.symbol,
       NULL::text COLLATE "C" AS to_symbol,
       timed.currency,
       timed.quantity,
       timed.price,
       coalesce(timed.amount, CASE
           WHEN timed.kind IN ('expiration', 'assignment', 'exercise', 'securities_in', 'securities_out') THEN 0
       END) AS amount,
       coalesce(timed.commission, 0) AS commission,
       coalesce(timed.fee, 0) AS fee,
       coalesce(timed.tax, 0) AS tax,
       timed.commission_currency,
       timed.counter_amount,
       timed.counter_currency,
       NULL::numeric AS per_quantity,
       nullif(btrim((timed.printed).lot_ref), '') AS lot_ref,
       nullif(btrim((timed.printed).external_id), '') AS external_id,
       nullif((timed.printed).description, '') AS description,
       NULL::text AS identity,
       'stock'::text AS instrument_kind,
       NULL::numeric AS multiplier,
       NULL::text COLLATE "C" AS underlying,
       NULL::date AS expiration,
       NULL::numeric AS strike,
       NULL::text AS option_right,
       NULL::numeric AS quote,
       array_remove(ARRAY[
           CASE WHEN timed.occurred_at IS NULL
                THEN rollforward.fault('occurred_at', (timed.printed).occurred_at, 'not_a_time') END,
           CASE WHEN timed.kind IN ('split', 'strike_adjustment')
                THEN rollforward.fault('kind', (timed.printed).kind, 'not_supported_yet')
                WHEN NOT coalesce(timed.kind = ANY ((SELECT enum_range(NULL::rollforward_data.movement_kind)::text[])::text[]), false)
                THEN rollforward.fault('kind', (timed.printed).kind, 'unknown_row_kind') END,
           CASE WHEN timed.effect <> ALL ((SELECT enum_range(NULL::rollforward_data.movement_effect)::text[])::text[])
                THEN rollforward.fault('effect', (timed.printed).effect, 'unknown_effect') END,
           CASE WHEN timed.quantity = 'NaN'
                THEN rollforward.fault('quantity', (timed.printed).quantity, 'not_a_number') END,
           CASE WHEN timed.price = 'NaN' THEN rollforward.fault('price', (timed.printed).price, 'not_a_number')
                WHEN timed.price < 0 THEN rollforward.fault('price', (timed.printed).price, 'negative') END,
           CASE WHEN timed.amount = 'NaN' THEN rollforward.fault('amount', (timed.printed).amount, 'not_a_number')
                WHEN timed.amount IS NULL
                     AND NOT (timed.kind IN ('expiration', 'assignment', 'exercise', 'securities_in', 'securities_out')
                              OR timed.kind IN ('buy', 'sell') AND timed.quantity IS NOT NULL AND timed.price IS NOT NULL)
                THEN rollforward.fault('amount', (timed.printed).amount, 'missing') END,
           CASE WHEN timed.commission = 'NaN'
                THEN rollforward.fault('commission', (timed.printed).commission, 'not_a_number')
                WHEN timed.commission < 0 THEN rollforward.fault('commission', (timed.printed).commission, 'negative') END,
           CASE WHEN timed.fee = 'NaN' THEN rollforward.fault('fee', (timed.printed).fee, 'not_a_number')
                WHEN timed.fee < 0 THEN rollforward.fault('fee', (timed.printed).fee, 'negative') END,
           CASE WHEN timed.tax = 'NaN' THEN rollforward.fault('tax', (timed.printed).tax, 'not_a_number') END,
           CASE WHEN timed.counter_amount = 'NaN'
                THEN rollforward.fault('counter_amount', (timed.printed).counter_amount, 'not_a_number') END,
           CASE WHEN NOT rollforward.is_currency_code(timed.currency)
                THEN rollforward.fault('currency', (timed.printed).currency, 'unknown_currency') END,
           CASE WHEN NOT rollforward.is_currency_code(coalesce(timed.commission_currency, 'USD'))
                THEN rollforward.fault('commission_currency', (timed.printed).commission_currency, 'unknown_currency') END,
           CASE WHEN NOT rollforward.is_currency_code(coalesce(timed.counter_currency, 'USD'))
                THEN rollforward.fault('counter_currency', (timed.printed).counter_currency, 'unknown_currency') END
       ], NULL) AS faults
FROM (
    SELECT read.*,
           rollforward.statement_time(read.printed_at, read.accounting_date) AS occurred_at
    FROM (
        SELECT printed.line,
               printed,
               printed.occurred_at AS printed_at,
               rollforward.statement_day(printed.occurred_at)
                   AS accounting_date,
               lower(btrim(printed.kind)) AS kind,
               nullif(lower(btrim(printed.effect)), '') AS effect,
               nullif(btrim(printed.symbol), '') COLLATE "C" AS symbol,
               nullif(upper(btrim(printed.currency)), '') COLLATE "C" AS currency,
               nullif(upper(btrim(printed.commission_currency)), '') COLLATE "C" AS commission_currency,
               nullif(upper(btrim(printed.counter_currency)), '') COLLATE "C" AS counter_currency,
               rollforward.statement_number(printed.quantity) AS quantity,
               rollforward.statement_number(printed.price) AS price,
               rollforward.statement_number(printed.amount) AS amount,
               rollforward.statement_number(printed.commission) AS commission,
               rollforward.statement_number(printed.fee) AS fee,
               rollforward.statement_number(printed.tax) AS tax,
               rollforward.statement_number(printed.counter_amount) AS counter_amount
        FROM rollforward_data.generic_row AS printed
        WHERE printed.transaction_id = pg_current_xact_id()
        OFFSET 0  -- or every expression would be computed wherever it is used
    ) AS read
    OFFSET 0
) AS timed;

COMMENT ON VIEW rollforward.generic_reading IS 'Staged rows of this transaction in the generic layout, as movements';
