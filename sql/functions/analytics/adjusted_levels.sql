-- Closes of instruments, adjusted for splits, with the returns on them.
--
-- from_date, to_date   closes of these days, both included
-- relies on            price_pkey: a range per instrument, read from the index alone; movement_of_lots_idx
CREATE OR REPLACE FUNCTION rollforward.adjusted_levels(instrument_ids bigint[], from_date date, to_date date)
RETURNS SETOF rollforward.analysed_level
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH adjustment AS (
        SELECT split.instrument_id, split.split_date AS first_date,
               coalesce(lead(split.split_date) OVER in_order, 'infinity') AS next_date,
               rollforward.product(split.ratio) OVER in_order AS units
        FROM rollforward.split_event AS split
        WHERE split.instrument_id = ANY (adjusted_levels.instrument_ids)
          AND split.split_date > adjusted_levels.from_date
          AND split.split_date <= adjusted_levels.to_date
        WINDOW in_order AS (PARTITION BY split.instrument_id ORDER BY split.split_date)
    ),
    adjusted AS (
        SELECT price.instrument_id, price.price_date,
               price.close::double precision * coalesce(adjustment.units::double precision, 1) AS level
        FROM unnest(adjusted_levels.instrument_ids) AS wanted (instrument_id)
        JOIN rollforward_data.price USING (instrument_id)
        LEFT JOIN adjustment
            ON adjustment.instrument_id = price.instrument_id
           AND price.price_date >= adjustment.first_date
           AND price.price_date < adjustment.next_date
        WHERE price.price_date BETWEEN adjusted_levels.from_date AND adjusted_levels.to_date
    )
    SELECT adjusted.instrument_id, adjusted.price_date, adjusted.level,
           lag(adjusted.price_date) OVER in_order,
           adjusted.level / lag(adjusted.level) OVER in_order - 1
    FROM adjusted
    WINDOW in_order AS (PARTITION BY adjusted.instrument_id ORDER BY adjusted.price_date);
END;

COMMENT ON FUNCTION rollforward.adjusted_levels IS 'Closes of instruments, adjusted for splits, with the returns on them';
