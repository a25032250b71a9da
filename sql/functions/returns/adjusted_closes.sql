-- Closes of an instrument in a range of days, all in the units of its first day.
--
-- start_date, end_date   both included
-- returns                a row per close. Splits after start_date are undone as the table split has them
-- relies on              price_pkey; split_pkey: one descent per close
CREATE OR REPLACE FUNCTION rollforward.adjusted_closes(instrument_id bigint, start_date date, end_date date)
RETURNS TABLE (price_date date, close double precision)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT price.price_date,
           price.close::double precision * coalesce(since.quantity / since.per_quantity, 1)
    FROM rollforward_data.price
    CROSS JOIN LATERAL (
        SELECT rollforward.product(split.quantity::numeric)::double precision AS quantity,
               rollforward.product(split.per_quantity::numeric)::double precision AS per_quantity
        FROM rollforward_data.split
        WHERE split.instrument_id = adjusted_closes.instrument_id
          AND split.split_date > adjusted_closes.start_date
          AND split.split_date <= price.price_date
          AND split.to_instrument_id IS NULL
    ) AS since
    WHERE price.instrument_id = adjusted_closes.instrument_id
      AND price.price_date BETWEEN adjusted_closes.start_date AND adjusted_closes.end_date;
END;

COMMENT ON FUNCTION rollforward.adjusted_closes IS 'Closes of an instrument, all in the units of the first day';
