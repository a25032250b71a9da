-- What units of a position are worth today, and the day of the close that says so.
--
-- A close from before a split counts divided by its ratio. What has no close in the position's currency is carried
-- at cost.
--
-- units        longs less shorts
-- cost         of the longs less that of the shorts
-- price_date   NULL where no close counts
CREATE OR REPLACE FUNCTION rollforward.reference_worth(
    state rollforward.reference_state,
    instrument_id bigint,
    currency text,
    units numeric,
    cost numeric,
    OUT price_date date,
    OUT market_value numeric
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    held rollforward_data.instrument;
    close numeric;
    split record;
BEGIN
    SELECT * INTO held
    FROM rollforward_data.instrument AS known
    WHERE known.instrument_id = reference_worth.instrument_id;
    IF held.currency = reference_worth.currency THEN
        SELECT price.price_date, price.close INTO reference_worth.price_date, close
        FROM rollforward_data.price
        WHERE price.instrument_id = held.instrument_id AND price.price_date <= state.today
        ORDER BY price.price_date DESC LIMIT 1;
    END IF;

    market_value := cost;
    IF close IS NOT NULL THEN
        split := rollforward.reference_split_since(state, held.instrument_id, reference_worth.currency, price_date);
        market_value := round(units * held.multiplier * close * split.old_units / split.new_units, 8);
    END IF;
    IF held.kind IN ('option', 'future_option') AND state.today > held.expiration THEN
        market_value := 0;
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.reference_worth IS 'Reference: what units of a position are worth';
