-- Rates of many pairs of currencies as of one day: the latest known on or before it.
--
-- currencies         1 unit of these ...
-- quote_currencies   ... is worth so many units of those, element by element; a pair may occur more than once
-- as_of              inclusive
-- returns            a row per pair, in the order given; rate is NULL when none is known. rate_date is the day it is of
--                    (of two legs the older one's), age_days how old it is then; source is same, direct, inverse (the
--                    pair turned round) or pivot (through a third currency, named in pivot): see fx_rate_at
-- errors             22R01 an argument is NULL, the arrays differ in length, or an element is no currency code
-- relies on          fx_rate_pkey (currency, quote_currency, rate_date), once per different pair: see fx_rate_at
CREATE OR REPLACE FUNCTION rollforward.fx_rate_as_of(currencies text[], quote_currencies text[], as_of date)
RETURNS TABLE (
    currency text, quote_currency text, rate numeric, rate_date date, age_days integer, source text, pivot text
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    offences jsonb;
BEGIN
    PERFORM rollforward.given(fx_rate_as_of.currencies, 'currencies'),
            rollforward.given(fx_rate_as_of.quote_currencies, 'quote_currencies'),
            rollforward.given(fx_rate_as_of.as_of, 'as_of');
    PERFORM rollforward.require_same_length(jsonb_build_object(
        'currencies', cardinality(fx_rate_as_of.currencies),
        'quote_currencies', cardinality(fx_rate_as_of.quote_currencies)));

    SELECT jsonb_agg(jsonb_build_object('ordinal', asked.ordinal, 'argument', side.argument, 'value', side.code)
                     ORDER BY asked.ordinal, side.argument)
    INTO offences
    FROM unnest(fx_rate_as_of.currencies, fx_rate_as_of.quote_currencies)
        WITH ORDINALITY AS asked (currency, quote_currency, ordinal)
    CROSS JOIN LATERAL (VALUES
        ('currencies', asked.currency),
        ('quote_currencies', asked.quote_currency)
    ) AS side (argument, code)
    WHERE NOT rollforward.is_currency_code(side.code);
    IF offences IS NOT NULL THEN
        RAISE EXCEPTION 'not a currency: %', coalesce(offences #>> '{0,value}', 'NULL')
            USING ERRCODE = '22R01', DETAIL = offences, HINT = 'Pass currency codes such as USD.';
    END IF;

    RETURN QUERY
    WITH pair AS (
        SELECT asked.currency, asked.quote_currency, array_agg(asked.ordinal) AS ordinals
        FROM unnest(fx_rate_as_of.currencies, fx_rate_as_of.quote_currencies)
            WITH ORDINALITY AS asked (currency, quote_currency, ordinal)
        GROUP BY asked.currency, asked.quote_currency
    ), rated AS MATERIALIZED (
        SELECT pair.currency, pair.quote_currency, pair.ordinals, fx.rate, fx.rate_date, fx.source, fx.pivot
        FROM pair
        LEFT JOIN LATERAL rollforward.fx_rate_at(
            pair.currency, pair.quote_currency, fx_rate_as_of.as_of
        ) AS fx ON true
    )
    SELECT rated.currency,
           rated.quote_currency,
           rated.rate,
           rated.rate_date,
           CASE WHEN isfinite(fx_rate_as_of.as_of) THEN fx_rate_as_of.as_of - rated.rate_date END,
           rated.source,
           rated.pivot
    FROM rated
    CROSS JOIN LATERAL unnest(rated.ordinals) AS place (ordinal)
    ORDER BY place.ordinal;
END
$$;

COMMENT ON FUNCTION rollforward.fx_rate_as_of IS
    'Rates of many pairs of currencies as of one day: the latest known on or before it';
