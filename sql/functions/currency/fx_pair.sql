-- Pairs of currencies for which rates are known, as they are recorded.
--
-- relies on   fx_rate_pkey (currency, quote_currency, rate_date): one descent per pair, however many days it has
CREATE OR REPLACE VIEW rollforward.fx_pair AS
WITH RECURSIVE pair AS (
    (
        SELECT first.currency, first.quote_currency
        FROM rollforward_data.fx_rate AS first
        ORDER BY first.currency, first.quote_currency
        LIMIT 1
    )
    UNION ALL
    SELECT following.currency, following.quote_currency
    FROM pair
    CROSS JOIN LATERAL (
        SELECT beyond.currency, beyond.quote_currency
        FROM rollforward_data.fx_rate AS beyond
        WHERE (beyond.currency, beyond.quote_currency) > (pair.currency, pair.quote_currency)
        ORDER BY beyond.currency, beyond.quote_currency
        LIMIT 1
    ) AS following
)
SELECT pair.currency, pair.quote_currency
FROM pair;

COMMENT ON VIEW rollforward.fx_pair IS 'Pairs of currencies for which rates are known, as they are recorded';
