-- The trades in securities of the staged IBKR statement. An option that ends is closed under the code of its end.
CREATE OR REPLACE VIEW rollforward.ibkr_security_event AS
SELECT trade.line,
       trade.fields,
       trade.is_whole,
       trade.category,
       trade.moment,
       'Date/Time' AS dated_by,
       coalesce(ending.kind, CASE WHEN trade.quantity < 0 THEN 'sell' ELSE 'buy' END) AS kind,
       CASE
           WHEN ending.kind IS NOT NULL THEN 'close'
           -- what takes back an opening closes it
           WHEN 'Ca' = ANY (trade.codes) THEN 'auto'
           WHEN code.closes AND NOT code.opens THEN 'close'
           WHEN code.opens AND NOT code.closes THEN 'open'
           ELSE 'auto'
       END AS effect,
       CASE WHEN ending.kind IS NOT NULL THEN CASE WHEN trade.quantity < 0 THEN 'long' ELSE 'short' END END AS side,
       trade.symbol,
       NULL AS to_symbol,
       trade.currency,
       abs(trade.quantity) AS quantity,
       NULL::numeric AS per_quantity,
       NULL::numeric AS price,
       trade.proceeds AS amount,
       trade.commission,
       trade.costs_in AS commission_currency,
       NULL::numeric AS counter_amount,
       NULL AS counter_currency,
       trade.identity,
       trade.fields ->> 'Code' AS description,
       -- they are settled in cash every day, of which the trades say nothing
       CASE trade.category WHEN 'Futures' THEN 'not_supported_yet' END AS reason
FROM rollforward.ibkr_trade AS trade
CROSS JOIN LATERAL (
    SELECT coalesce('O' = ANY (trade.codes), false) AS opens, coalesce('C' = ANY (trade.codes), false) AS closes
) AS code
CROSS JOIN LATERAL (
    SELECT CASE
               WHEN trade.category !~ 'Option' THEN NULL
               WHEN 'Ep' = ANY (trade.codes) THEN 'expiration'
               WHEN 'A' = ANY (trade.codes) OR 'GEA' = ANY (trade.codes) AND trade.quantity > 0 THEN 'assignment'
               WHEN trade.codes && '{Ex,GEA,AEx,MEx}' THEN 'exercise'
           END AS kind
) AS ending
WHERE trade.category IS DISTINCT FROM 'Forex';

COMMENT ON VIEW rollforward.ibkr_security_event IS 'The trades in securities of the staged IBKR statement';
