-- Records rates, new ones and corrections: 1 unit of currency = rate units of quote_currency at the end of that day.
-- All of them, or none. Row n is made of the n-th elements; a row may be repeated.
--
-- currencies, quote_currencies, rate_dates, rates   columns of the rows; rates are kept with 18 decimals
-- returns     how many rows are new or changed
-- errors      22R01 an argument is NULL, the arrays differ in length, or a row cannot be: every offence with its row
-- relies on   fx_rate_pkey; rows are written in its order, so that two of these do not wait for each other in a circle
CREATE OR REPLACE FUNCTION rollforward.save_fx_rates(
    currencies text[],
    quote_currencies text[],
    rate_dates date[],
    rates numeric[]
)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    offences jsonb;
    bad_rows bigint;
    written bigint;
BEGIN
    SELECT jsonb_agg(to_jsonb(offence) ORDER BY offence.place), count(DISTINCT offence.ordinal)
    INTO offences, bad_rows
    FROM rollforward.fx_rate_offences(currencies, quote_currencies, rate_dates, rates)
        WITH ORDINALITY AS offence (ordinal, field, value, code, place);
    IF bad_rows > 0 THEN
        RAISE EXCEPTION '% of % rates cannot be saved', bad_rows, cardinality(currencies)
            USING ERRCODE = '22R01', DETAIL = offences,
                  HINT = 'rollforward.fx_rate_offences(...) lists the same as rows; ordinal is the place in the arrays.';
    END IF;

    INSERT INTO rollforward_data.fx_rate AS known (currency, quote_currency, rate_date, rate)
    SELECT DISTINCT asked.currency COLLATE "C", asked.quote_currency COLLATE "C", asked.rate_date, round(asked.rate, 18)
    FROM unnest(save_fx_rates.currencies, save_fx_rates.quote_currencies, save_fx_rates.rate_dates, save_fx_rates.rates)
        AS asked (currency, quote_currency, rate_date, rate)
    ORDER BY 1, 2, 3
    ON CONFLICT ON CONSTRAINT fx_rate_pkey DO UPDATE
    SET rate = excluded.rate
    WHERE known.rate IS DISTINCT FROM excluded.rate;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;

COMMENT ON FUNCTION rollforward.save_fx_rates IS 'Records rates between currencies, new ones and corrections';
