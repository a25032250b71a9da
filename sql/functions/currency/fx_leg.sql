-- Latest rate between two currencies on or before a day, from the pair as recorded or turned round: the fresher of the
-- two, as recorded on a tie. A helper of fx_rate_at.
--
-- returns     no row when neither is known; the rate is numerator ÷ denominator, so that legs can be chained and
--             divided once; inverse: the pair was turned round
-- relies on   fx_rate_pkey (currency, quote_currency, rate_date): one descent each way
CREATE OR REPLACE FUNCTION rollforward.fx_leg(currency text, quote_currency text, as_of date)
RETURNS TABLE (numerator numeric, denominator numeric, rate_date date, inverse boolean)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT CASE WHEN fresher.is_turned THEN 1 ELSE recorded.rate END,
           CASE WHEN fresher.is_turned THEN turned.rate ELSE 1 END,
           CASE WHEN fresher.is_turned THEN turned.rate_date ELSE recorded.rate_date END,
           fresher.is_turned
    FROM (SELECT) AS pair
    LEFT JOIN LATERAL (
        SELECT known.rate, known.rate_date
        FROM rollforward.fx_rate AS known
        WHERE known.currency = fx_leg.currency
          AND known.quote_currency = fx_leg.quote_currency
          AND known.rate_date <= fx_leg.as_of
        ORDER BY known.rate_date DESC
        LIMIT 1
    ) AS recorded ON true
    LEFT JOIN LATERAL (
        SELECT known.rate, known.rate_date
        FROM rollforward.fx_rate AS known
        WHERE known.currency = fx_leg.quote_currency
          AND known.quote_currency = fx_leg.currency
          AND known.rate_date <= fx_leg.as_of
        ORDER BY known.rate_date DESC
        LIMIT 1
    ) AS turned ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(turned.rate_date > recorded.rate_date, recorded.rate_date IS NULL) AS is_turned
    ) AS fresher
    WHERE recorded.rate_date IS NOT NULL
       OR turned.rate_date IS NOT NULL;
END;

COMMENT ON FUNCTION rollforward.fx_leg IS
    'Latest rate between two currencies, as recorded or turned round, as a fraction';
