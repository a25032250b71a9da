-- Saves the staged rates, all of which are good.
--
-- returns     how many rates are new, and how many were another before
-- relies on   fx_rate_pkey; rows are written in its order, so that two loads do not wait for each other in a circle
CREATE OR REPLACE FUNCTION rollforward.land_rates(OUT saved bigint, OUT corrected bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    WITH landed AS (
        INSERT INTO rollforward_data.fx_rate AS known (currency, quote_currency, rate_date, rate)
        SELECT DISTINCT staged.currency, staged.quote_currency, staged.rate_date, staged.rate
        FROM (
            SELECT printed.currency, printed.quote_currency,
                   rollforward.market_date(printed.date) AS rate_date,
                   round(rollforward.market_number(printed.rate), 18) AS rate
            FROM rollforward.staged_market_row AS printed
            OFFSET 0  -- each text is read once
        ) AS staged
        WHERE NOT EXISTS (  -- what is known as it is would be left alone below, but locked
            SELECT FROM rollforward_data.fx_rate AS same
            WHERE same.currency = staged.currency
              AND same.quote_currency = staged.quote_currency
              AND same.rate_date = staged.rate_date
              AND same.rate = staged.rate)
        ORDER BY 1, 2, 3
        ON CONFLICT ON CONSTRAINT fx_rate_pkey DO UPDATE
        SET rate = excluded.rate
        WHERE known.rate <> excluded.rate
        RETURNING known.xmax = 0 AS is_new  -- as in land_prices
    )
    SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new)
    INTO land_rates.saved, land_rates.corrected
    FROM landed;
END
$$;

COMMENT ON FUNCTION rollforward.land_rates IS 'Saves the staged rates, all of which are good';
