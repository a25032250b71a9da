-- Saves the staged prices, all of which are good. The currency of an instrument that has none is that of its prices.
--
-- returns     how many closes are new, and how many were another before
-- relies on   price_pkey; rows are written in its order, so that two loads do not wait for each other in a circle
CREATE OR REPLACE FUNCTION rollforward.land_prices(OUT saved bigint, OUT corrected bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.give_currencies();

    WITH landed AS (
        INSERT INTO rollforward_data.price AS known (instrument_id, price_date, close)
        SELECT DISTINCT staged.instrument_id, staged.price_date, staged.close
        FROM (
            SELECT (SELECT instrument.instrument_id FROM rollforward_data.instrument
                    WHERE instrument.symbol = printed.symbol) AS instrument_id,
                   rollforward.market_date(printed.date) AS price_date,
                   round(rollforward.market_number(printed.close), 12) AS close
            FROM rollforward.staged_market_row AS printed
            OFFSET 0  -- each text is read once
        ) AS staged
        WHERE NOT EXISTS (  -- what is known as it is would be left alone below, but locked
            SELECT FROM rollforward_data.price AS same
            WHERE same.instrument_id = staged.instrument_id
              AND same.price_date = staged.price_date
              AND same.close = staged.close)
        ORDER BY 1, 2
        ON CONFLICT ON CONSTRAINT price_pkey DO UPDATE
        SET close = excluded.close
        WHERE known.close <> excluded.close
        RETURNING known.xmax = 0 AS is_new  -- what is updated was locked first, and xmax says by whom
    )
    SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new)
    INTO land_prices.saved, land_prices.corrected
    FROM landed;
END
$$;

COMMENT ON FUNCTION rollforward.land_prices IS 'Saves the staged prices, all of which are good';
