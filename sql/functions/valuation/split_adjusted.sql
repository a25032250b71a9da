-- A close in the units that an account holds on a later day: what one of them was worth before the splits in between.
--
-- Closes are in the currency of the instrument, and so is the position that they value. Splits that the account has booked
-- count instead of rows of split of the same day; a change into another instrument ends
-- the position, so there is nothing to adjust.
--
-- relies on   split_pkey, movement_of_lots_idx
CREATE OR REPLACE FUNCTION rollforward.split_adjusted(
    close numeric,
    account_id bigint,
    instrument_id bigint,
    price_date date,
    as_of date
)
RETURNS numeric
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(
               (split_adjusted.close * rollforward.product(adjustment.per_quantity))::numeric(100, 40)
                   / rollforward.product(adjustment.quantity),
               split_adjusted.close)
    FROM (
        SELECT split.quantity::numeric, split.per_quantity::numeric
        FROM rollforward_data.split
        WHERE split.instrument_id = split_adjusted.instrument_id
          AND split.split_date > split_adjusted.price_date
          AND split.split_date <= split_adjusted.as_of
          AND split.to_instrument_id IS NULL
          AND NOT rollforward.split_is_booked(split_adjusted.account_id, split.instrument_id, split.split_date)
        UNION ALL
        SELECT movement.quantity::numeric, movement.per_quantity::numeric
        FROM rollforward_data.movement
        WHERE movement.account_id = split_adjusted.account_id
          AND movement.instrument_id = split_adjusted.instrument_id
          AND movement.currency = (
              SELECT instrument.currency FROM rollforward_data.instrument
              WHERE instrument.instrument_id = split_adjusted.instrument_id)
          AND movement.accounting_date > split_adjusted.price_date
          AND movement.accounting_date <= split_adjusted.as_of
          AND movement.kind = 'split'
          AND movement.to_instrument_id IS NULL
    ) AS adjustment (quantity, per_quantity);
END;

COMMENT ON FUNCTION rollforward.split_adjusted IS 'A close in the units that an account holds on a later day';
