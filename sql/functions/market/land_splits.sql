-- Saves the staged splits, all of which are good. A change of symbol that is known to go with one stays.
--
-- returns     how many splits are new, and how many had another ratio before
-- relies on   split_pkey; rows are written in its order, so that two loads do not wait for each other in a circle
CREATE OR REPLACE FUNCTION rollforward.land_splits(OUT saved bigint, OUT corrected bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    WITH landed AS (
        INSERT INTO rollforward_data.split AS known (instrument_id, split_date, quantity, per_quantity)
        SELECT DISTINCT instrument.instrument_id, rollforward.market_date(staged.date), ratio.quantity, ratio.per_quantity
        FROM rollforward.staged_market_row AS staged
        JOIN rollforward_data.instrument ON instrument.symbol = staged.symbol
        CROSS JOIN LATERAL rollforward.split_ratio(staged.ratio) AS ratio
        ORDER BY 1, 2
        ON CONFLICT ON CONSTRAINT split_pkey DO UPDATE
        SET quantity = excluded.quantity,
            per_quantity = excluded.per_quantity
        WHERE (known.quantity, known.per_quantity) <> (excluded.quantity, excluded.per_quantity)
        RETURNING known.xmax = 0 AS is_new  -- as in land_prices
    )
    SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new)
    INTO land_splits.saved, land_splits.corrected
    FROM landed;
END
$$;

COMMENT ON FUNCTION rollforward.land_splits IS 'Saves the staged splits, all of which are good';
