-- The staged rows of this transaction in the generic layout, as movements.
--
-- The day that is printed is the accounting date. A symbol that nobody knows yet becomes a stock: profiles that say better come
-- first. faults: missing, not_a_time, not_a_number, negative, unknown_row_kind, unknown_effect, unknown_currency, and
-- not_supported_yet for splits and strike adjustments, which are not an account's own (load splits instead).
CREATE OR REPLACE VIEW rollforward.generic_reading AS
SELECT timed.line,
       timed.account,
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
       timed.lot_ref,
       timed.external_id,
       timed.description,
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
                THEN rollforward.fault('occurred_at', timed.printed_at, 'not_a_time') END,
           CASE WHEN timed.kind IN ('split', 'strike_adjustment')
                THEN rollforward.fault('kind', timed.printed_kind, 'not_supported_yet')
                WHEN NOT coalesce(timed.kind = ANY ((SELECT enum_range(NULL::rollforward_data.movement_kind)::text[])::text[]), false)
                THEN rollforward.fault('kind', timed.printed_kind, 'unknown_row_kind') END,
           CASE WHEN timed.effect <> ALL ((SELECT enum_range(NULL::rollforward_data.movement_effect)::text[])::text[])
                THEN rollforward.fault('effect', timed.printed_effect, 'unknown_effect') END,
           CASE WHEN timed.quantity = 'NaN'
                THEN rollforward.fault('quantity', timed.printed_quantity, 'not_a_number') END,
           CASE WHEN timed.price = 'NaN' THEN rollforward.fault('price', timed.printed_price, 'not_a_number')
                WHEN timed.price < 0 THEN rollforward.fault('price', timed.printed_price, 'negative') END,
           CASE WHEN timed.amount = 'NaN' THEN rollforward.fault('amount', timed.printed_amount, 'not_a_number')
                WHEN timed.amount IS NULL
                     AND NOT (timed.kind IN ('expiration', 'assignment', 'exercise', 'securities_in', 'securities_out')
                              OR timed.kind IN ('buy', 'sell') AND timed.quantity IS NOT NULL AND timed.price IS NOT NULL)
                THEN rollforward.fault('amount', timed.printed_amount, 'missing') END,
           CASE WHEN timed.commission = 'NaN'
                THEN rollforward.fault('commission', timed.printed_commission, 'not_a_number')
                WHEN timed.commission < 0 THEN rollforward.fault('commission', timed.printed_commission, 'negative') END,
           CASE WHEN timed.fee = 'NaN' THEN rollforward.fault('fee', timed.printed_fee, 'not_a_number')
                WHEN timed.fee < 0 THEN rollforward.fault('fee', timed.printed_fee, 'negative') END,
           CASE WHEN timed.tax = 'NaN' THEN rollforward.fault('tax', timed.printed_tax, 'not_a_number') END,
           CASE WHEN timed.counter_amount = 'NaN'
                THEN rollforward.fault('counter_amount', timed.printed_counter_amount, 'not_a_number') END,
           CASE WHEN NOT rollforward.is_currency_code(timed.currency)
                THEN rollforward.fault('currency', timed.printed_currency, 'unknown_currency') END,
           CASE WHEN timed.commission_currency IS NOT NULL AND NOT rollforward.is_currency_code(timed.commission_currency)
                THEN rollforward.fault('commission_currency', timed.printed_commission_currency, 'unknown_currency') END,
           CASE WHEN timed.counter_currency IS NOT NULL AND NOT rollforward.is_currency_code(timed.counter_currency)
                THEN rollforward.fault('counter_currency', timed.printed_counter_currency, 'unknown_currency') END
       ], NULL) AS faults
FROM (
    SELECT read.*,
           rollforward.statement_time(read.printed_at, read.accounting_date) AS occurred_at,
           rollforward.plain_number(read.printed_quantity, read.is_plain) AS quantity,
           rollforward.plain_number(read.printed_price, read.is_plain) AS price,
           rollforward.plain_number(read.printed_amount, read.is_plain) AS amount,
           rollforward.plain_number(read.printed_commission, read.is_plain) AS commission,
           rollforward.plain_number(read.printed_fee, read.is_plain) AS fee,
           rollforward.plain_number(read.printed_tax, read.is_plain) AS tax,
           rollforward.plain_number(read.printed_counter_amount, read.is_plain) AS counter_amount
    FROM (
        SELECT printed.line,
               printed.occurred_at AS printed_at,
               printed.kind AS printed_kind,
               printed.effect AS printed_effect,
               printed.quantity AS printed_quantity,
               printed.price AS printed_price,
               printed.amount AS printed_amount,
               printed.commission AS printed_commission,
               printed.fee AS printed_fee,
               printed.tax AS printed_tax,
               printed.counter_amount AS printed_counter_amount,
               printed.currency AS printed_currency,
               printed.commission_currency AS printed_commission_currency,
               printed.counter_currency AS printed_counter_currency,
               nullif(btrim(printed.account), '') AS account,
               rollforward.statement_day(printed.occurred_at) AS accounting_date,
               lower(btrim(printed.kind)) AS kind,
               nullif(lower(btrim(printed.effect)), '') AS effect,
               nullif(btrim(printed.symbol), '') COLLATE "C" AS symbol,
               nullif(upper(btrim(printed.currency)), '') COLLATE "C" AS currency,
               nullif(upper(btrim(printed.commission_currency)), '') COLLATE "C" AS commission_currency,
               nullif(upper(btrim(printed.counter_currency)), '') COLLATE "C" AS counter_currency,
               nullif(btrim(printed.lot_ref), '') AS lot_ref,
               nullif(btrim(printed.external_id), '') AS external_id,
               nullif(printed.description, '') AS description,
               rollforward.are_plain_numbers(
                   concat_ws(' ', '', printed.quantity, printed.price, printed.amount, printed.commission, printed.fee,
                             printed.tax, printed.counter_amount),
                   num_nonnulls(printed.quantity, printed.price, printed.amount, printed.commission, printed.fee,
                                printed.tax, printed.counter_amount),
                   greatest(octet_length(printed.quantity), octet_length(printed.price), octet_length(printed.amount),
                            octet_length(printed.commission), octet_length(printed.fee), octet_length(printed.tax),
                            octet_length(printed.counter_amount))) AS is_plain
        FROM rollforward_data.generic_row AS printed
        WHERE printed.transaction_id = pg_current_xact_id()
        OFFSET 0  -- or every expression would be computed wherever it is used
    ) AS read
    OFFSET 0
) AS timed;

COMMENT ON VIEW rollforward.generic_reading IS 'Staged rows of this transaction in the generic layout, as movements';
