-- Rate between two currencies as of a day: the latest known on or before it, however old. For views and LATERAL joins,
-- where it is inlined.
--
-- The same currency is 1. Else the pair as recorded or turned round, the fresher. Only where neither is known by that
-- day, through a third currency that has both: the one whose older leg is the freshest; of equal ones the first by code.
--
-- returns     no row when no rate is known, else
--             rate        units of quote_currency for 1 unit of currency; what is divided has 30 decimals, enough for
--                         any amount to be right in its 8th
--             rate_date   the day it is of; of two legs the older one's
--             source      same, direct, inverse or pivot
--             pivot       the third currency
-- relies on   fx_rate_pkey (currency, quote_currency, rate_date): two descents for a pair, four for each third currency;
--             fx_pair, read once per statement, and only when one is looked for
CREATE OR REPLACE FUNCTION rollforward.fx_rate_at(currency text, quote_currency text, as_of date)
RETURNS TABLE (rate numeric, rate_date date, source text, pivot text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    WITH neighbour AS MATERIALIZED (
        SELECT DISTINCT side.currency, side.neighbour
        FROM rollforward.fx_pair AS pair
        CROSS JOIN LATERAL (VALUES
            (pair.currency, pair.quote_currency),
            (pair.quote_currency, pair.currency)
        ) AS side (currency, neighbour)
    )
    SELECT 1::numeric AS rate, fx_rate_at.as_of AS rate_date, 'same' AS source, NULL::text AS pivot
    WHERE fx_rate_at.currency = fx_rate_at.quote_currency
    UNION ALL
    SELECT trim_scale(round(found.numerator, 30) / found.denominator), found.rate_date, found.source, found.pivot
    FROM (
        SELECT coalesce(pair.numerator, detour.numerator) AS numerator,
               coalesce(pair.denominator, detour.denominator) AS denominator,
               coalesce(pair.rate_date, detour.rate_date) AS rate_date,
               CASE pair.inverse WHEN true THEN 'inverse' WHEN false THEN 'direct' ELSE 'pivot' END AS source,
               detour.pivot
        FROM (SELECT WHERE fx_rate_at.currency <> fx_rate_at.quote_currency) AS wanted
        LEFT JOIN LATERAL rollforward.fx_leg(
            fx_rate_at.currency, fx_rate_at.quote_currency, fx_rate_at.as_of
        ) AS pair ON true
        LEFT JOIN LATERAL (
            SELECT there.numerator * onward.numerator AS numerator,
                   there.denominator * onward.denominator AS denominator,
                   least(there.rate_date, onward.rate_date) AS rate_date,
                   origin.neighbour AS pivot
            FROM neighbour AS origin
            JOIN neighbour AS target USING (neighbour)
            CROSS JOIN LATERAL rollforward.fx_leg(
                fx_rate_at.currency, origin.neighbour, fx_rate_at.as_of
            ) AS there
            CROSS JOIN LATERAL rollforward.fx_leg(
                origin.neighbour, fx_rate_at.quote_currency, fx_rate_at.as_of
            ) AS onward
            WHERE pair.rate_date IS NULL
              AND origin.currency = fx_rate_at.currency
              AND target.currency = fx_rate_at.quote_currency
            ORDER BY least(there.rate_date, onward.rate_date) DESC, origin.neighbour
            LIMIT 1
        ) AS detour ON true
    ) AS found
    WHERE found.rate_date IS NOT NULL;
END;

COMMENT ON FUNCTION rollforward.fx_rate_at IS
    'Rate between two currencies as of a day: recorded, turned round, or through a third one';
