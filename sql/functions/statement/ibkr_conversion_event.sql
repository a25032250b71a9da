-- The currencies bought and sold in the staged IBKR statement: what came in, and what it was paid with.
--
-- GBP.USD with a negative quantity sells pounds: the dollars are what came in.
CREATE OR REPLACE VIEW rollforward.ibkr_conversion_event AS
SELECT trade.line,
       trade.fields,
       trade.is_whole,
       trade.category,
       trade.moment,
       'Date/Time' AS dated_by,
       'conversion' AS kind,
       NULL AS effect,
       NULL AS side,
       NULL AS symbol,
       NULL AS to_symbol,
       CASE WHEN trade.quantity > 0 THEN pair.base_currency ELSE trade.currency END AS currency,
       NULL::numeric AS quantity,
       NULL::numeric AS per_quantity,
       trade.price,
       CASE WHEN trade.quantity > 0 THEN trade.quantity ELSE trade.proceeds END AS amount,
       coalesce(charged.commission, trade.commission) AS commission,
       coalesce(charged.currency, trade.costs_in) AS commission_currency,
       CASE WHEN trade.quantity > 0 THEN trade.proceeds ELSE trade.quantity END AS counter_amount,
       CASE WHEN trade.quantity > 0 THEN trade.currency ELSE pair.base_currency END AS counter_currency,
       trade.identity,
       trade.fields ->> 'Code' AS description,
       NULL AS reason
FROM rollforward.ibkr_trade AS trade
LEFT JOIN rollforward.ibkr_forex_commission AS charged USING (line)
CROSS JOIN LATERAL (SELECT split_part(trade.symbol, '.', 1) AS base_currency) AS pair
WHERE trade.category = 'Forex';

COMMENT ON VIEW rollforward.ibkr_conversion_event IS 'The currencies bought and sold in the staged IBKR statement';
