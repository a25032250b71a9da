-- The staged rows of this transaction in Tastytrade's layout, as movements.
--
-- The price of a trade is what its value makes it, not the rounded one that is printed; a transfer in without value takes that as its
-- cost. A dividend that is negative is tax withheld, unless it is said to be taken back. faults: unknown_row_kind, not_a_time,
-- not_a_date, not_a_number, not_positive, wrong_sign, missing, not_a_name, unknown_currency, unpaired.
CREATE OR REPLACE VIEW rollforward.tastytrade_reading AS
SELECT read.line,
       NULL::text AS account,
       coalesce(pair.occurred_at, read.occurred_at) AS occurred_at,
       read.accounting_date,
       CASE
           WHEN pair.is_new THEN NULL
           WHEN read.kind = 'dividend' AND read.description ~* '\m(revers|cancel|correct|adjust)' THEN 'dividend'
           WHEN read.refund_kind IS NOT NULL
                AND CASE read.kind WHEN 'dividend' THEN read.value <= 0 ELSE sign(read.value) = -read.usual_sign END
               THEN read.refund_kind
           ELSE read.kind
       END AS kind,
       read.effect,
       CASE WHEN pair.line IS NULL THEN read.side END AS side,
       read.symbol,
       pair.to_symbol,
       read.currency,
       coalesce(pair.quantity, CASE WHEN read.security <> 'cash' THEN read.quantity END) AS quantity,
       CASE WHEN read.security <> 'cash' AND pair.line IS NULL AND read.value = 0
            THEN round(read.average_price / coalesce(nullif(read.multiplier, 0), 1), 12) END AS price,
       CASE WHEN pair.line IS NULL THEN read.value ELSE 0 END AS amount,
       read.commission,
       read.fee,
       0::numeric AS tax,
       NULL::text COLLATE "C" AS commission_currency,
       NULL::numeric AS counter_amount,
       NULL::text COLLATE "C" AS counter_currency,
       pair.per_quantity,
       NULL::text AS lot_ref,
       CASE WHEN pair.line IS NULL THEN read.order_number END AS external_id,
       read.description,
       NULL::text AS identity,
       CASE read.printed_instrument_type
           WHEN 'Equity' THEN 'stock'
           WHEN 'Cryptocurrency' THEN 'crypto'
           WHEN 'Equity Option' THEN CASE read.security WHEN 'option' THEN 'option' END
           WHEN 'Future Option' THEN CASE read.security WHEN 'option' THEN 'future_option' END
           WHEN 'Future' THEN 'future'
           -- the terms of an option are not printed where it pays
           ELSE CASE WHEN read.printed_instrument_type IS NULL OR read.printed_instrument_type = '' THEN 'stock' END
       END AS instrument_kind,
       coalesce(nullif(round(abs(read.value) / nullif(read.quantity, 0) / nullif(read.quote, 0)), 0), read.multiplier)
           AS multiplier,
       CASE read.security WHEN 'option' THEN read.underlying END AS underlying,
       read.expiration,
       read.strike,
       CASE read.security WHEN 'option' THEN read.option_right END AS option_right,
       read.quote,
       array_remove(ARRAY[
           CASE WHEN read.kind IS NULL
                THEN rollforward.fault(
                    'Type',
                    concat_ws(' / ', coalesce(read.printed_type, ''), nullif(read.printed_sub_type, ''),
                              nullif(read.printed_instrument_type, ''), nullif(read.printed_action, '')),
                    'unknown_row_kind') END,
           CASE WHEN read.occurred_at IS NULL OR NOT (
                    -- what is a time and has a sign behind its day has an offset
                    read.printed_date LIKE '___________%+%' OR read.printed_date LIKE '___________%-%'
                    OR read.printed_date LIKE '%Z')
                THEN rollforward.fault('Date', read.printed_date, 'not_a_time') END,
           CASE WHEN read.value = 'NaN' THEN rollforward.fault('Value', read.printed_value, 'not_a_number')
                WHEN read.kind = 'buy' AND read.value > 0 AND read.security <> 'future'
                     OR read.kind = 'sell' AND read.value < 0 AND read.security <> 'future'
                THEN rollforward.fault('Value', read.printed_value, 'wrong_sign') END,
           CASE WHEN read.quantity = 'NaN' THEN rollforward.fault('Quantity', read.printed_quantity, 'not_a_number')
                WHEN read.security <> 'cash' AND read.quantity <= 0
                THEN rollforward.fault('Quantity', read.printed_quantity, 'not_positive') END,
           CASE WHEN read.average_price = 'NaN'
                THEN rollforward.fault('Average Price', read.printed_average_price, 'not_a_number') END,
           CASE WHEN read.commission = 'NaN'
                THEN rollforward.fault('Commissions', read.printed_commissions, 'not_a_number') END,
           CASE WHEN read.fee = 'NaN' THEN rollforward.fault('Fees', read.printed_fees, 'not_a_number') END,
           CASE WHEN NOT rollforward.is_currency_code(read.currency)
                THEN rollforward.fault('Currency', read.printed_currency, 'unknown_currency') END,
           CASE WHEN read.security <> 'cash' AND read.symbol IS NULL
                THEN rollforward.fault('Symbol', read.printed_symbol, 'missing') END,
           CASE WHEN read.security = 'option' AND (coalesce(read.multiplier, 0) <= 0 OR read.multiplier = 'NaN')
                THEN rollforward.fault('Multiplier', read.printed_multiplier, 'not_positive') END,
           CASE WHEN read.security = 'option' AND read.expiration IS NULL
                THEN rollforward.fault('Expiration Date', read.printed_expiration_date, 'not_a_date') END,
           CASE WHEN read.security = 'option' AND (coalesce(read.strike, 0) <= 0 OR read.strike = 'NaN')
                THEN rollforward.fault('Strike Price', read.printed_strike_price, 'not_positive') END,
           CASE WHEN read.security = 'option' AND read.option_right IS NULL
                THEN rollforward.fault('Call or Put', read.printed_call_or_put, 'missing') END,
           CASE WHEN read.order_number COLLATE "C" ~ '[[:cntrl:]]'
                THEN rollforward.fault('Order #', read.printed_order_number, 'not_a_name') END,
           CASE WHEN read.kind IN ('split', 'strike_adjustment') AND pair.line IS NULL
                THEN rollforward.fault('Value', read.printed_value, 'unpaired') END
       ], NULL) AS faults
FROM (
    SELECT known.*,
           -- future options print multiplier 1; their descriptions quote the price of a unit
           CASE WHEN known.printed_instrument_type = 'Future Option' AND known.quantity > 0
                THEN substring(known.description FROM '@ (\d{1,12}(?:\.\d{1,6})?)$')::numeric
           END AS quote,
           rollforward.statement_time(known.printed_date, known.accounting_date) AS occurred_at
    FROM (TABLE rollforward.tastytrade_printed OFFSET 0) AS known  -- or every expression would be computed wherever it is used
    OFFSET 0
) AS read
LEFT JOIN rollforward.tastytrade_pair AS pair ON pair.line = read.line;

COMMENT ON VIEW rollforward.tastytrade_reading IS 'Staged rows of this transaction in Tastytrade''s layout, as movements';
