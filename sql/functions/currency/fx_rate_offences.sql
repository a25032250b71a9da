-- What is wrong with rates that are to be saved: a row per offence, none when all can be saved.
--
-- currencies, quote_currencies, rate_dates, rates   columns of the rows, element by element: see save_fx_rates
-- returns   ordinal: the row, from 1 on; field and value: what is wrong in it; code: missing, not_a_currency,
--           same_currency, not_finite, not_a_number, not_positive, too_small, too_large, or contradicts_earlier_row
-- errors    22R01 an argument is NULL, or the arrays differ in length
CREATE OR REPLACE FUNCTION rollforward.fx_rate_offences(
    currencies text[],
    quote_currencies text[],
    rate_dates date[],
    rates numeric[]
)
RETURNS TABLE (ordinal bigint, field text, value text, code text)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.given(fx_rate_offences.currencies, 'currencies'),
            rollforward.given(fx_rate_offences.quote_currencies, 'quote_currencies'),
            rollforward.given(fx_rate_offences.rate_dates, 'rate_dates'),
            rollforward.given(fx_rate_offences.rates, 'rates');
    PERFORM rollforward.require_same_length(jsonb_build_object(
        'currencies', cardinality(fx_rate_offences.currencies),
        'quote_currencies', cardinality(fx_rate_offences.quote_currencies),
        'rate_dates', cardinality(fx_rate_offences.rate_dates),
        'rates', cardinality(fx_rate_offences.rates)));

    RETURN QUERY
    WITH asked AS (
        SELECT wanted.ordinal, wanted.currency, wanted.quote_currency, wanted.rate_date, wanted.rate,
               round(wanted.rate, 18) AS stored_rate,
               first_value(round(wanted.rate, 18)) OVER (
                   PARTITION BY wanted.currency, wanted.quote_currency, wanted.rate_date ORDER BY wanted.ordinal
               ) AS first_rate
        FROM unnest(fx_rate_offences.currencies, fx_rate_offences.quote_currencies,
                    fx_rate_offences.rate_dates, fx_rate_offences.rates)
            WITH ORDINALITY AS wanted (currency, quote_currency, rate_date, rate, ordinal)
    )
    SELECT asked.ordinal, offence.field, offence.value, offence.code
    FROM asked
    CROSS JOIN LATERAL (
        SELECT fault.place, fault.field, fault.value, fault.code
        FROM rollforward.fx_rate_faults(asked.currency, asked.quote_currency, asked.rate_date, asked.rate) AS fault
        UNION ALL
        SELECT 5, 'rate', asked.rate::text, 'contradicts_earlier_row'
        WHERE asked.rate > 0
          AND asked.rate <> 'NaN'
          AND asked.stored_rate <> asked.first_rate
    ) AS offence
    ORDER BY asked.ordinal, offence.place;
END
$$;

COMMENT ON FUNCTION rollforward.fx_rate_offences IS 'What is wrong with rates that are to be saved: a row per offence';
