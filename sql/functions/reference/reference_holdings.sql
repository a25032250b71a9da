-- What is held in a currency today: its value, what of that is unrealized, and how well it is known.
--
-- Options past their expiration are worth nothing and are not counted. What is held both ways is one position: its longs
-- are worth what they would be alone, its shorts the rest.
--
-- priced, carried, unpriced   positions whose close is recent enough; is older, or private without one; is unknown
-- oldest_price_age_days       of the closes that count; NULL where none does
CREATE OR REPLACE FUNCTION rollforward.reference_holdings(
    state rollforward.reference_state,
    currency text,
    OUT long_value numeric,
    OUT short_value numeric,
    OUT unrealized numeric,
    OUT priced integer,
    OUT carried integer,
    OUT unpriced integer,
    OUT oldest_price_age_days integer
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    held record;
    instrument rollforward_data.instrument;
    net record;
    longs numeric;
BEGIN
    long_value := 0;
    short_value := 0;
    unrealized := 0;
    priced := 0;
    carried := 0;
    unpriced := 0;
    FOR held IN
        SELECT lot.instrument_id,
               coalesce(sum(lot.quantity) FILTER (WHERE lot.side = 'long'), 0) AS long_units,
               coalesce(sum(lot.quantity) FILTER (WHERE lot.side = 'short'), 0) AS short_units,
               coalesce(sum(lot.cost) FILTER (WHERE lot.side = 'long'), 0) AS long_cost,
               coalesce(sum(lot.cost) FILTER (WHERE lot.side = 'short'), 0) AS short_cost
        FROM unnest(state.lots) AS lot
        WHERE lot.currency = reference_holdings.currency
        GROUP BY lot.instrument_id
    LOOP
        SELECT * INTO instrument
        FROM rollforward_data.instrument AS known
        WHERE known.instrument_id = held.instrument_id;

        net := rollforward.reference_worth(
            state, held.instrument_id, currency,
            held.long_units - held.short_units, held.long_cost - held.short_cost);
        IF held.short_units = 0 THEN
            longs := net.market_value;
        ELSIF held.long_units = 0 THEN
            longs := 0;
        ELSE
            longs := (rollforward.reference_worth(
                state, held.instrument_id, currency, held.long_units, held.long_cost)).market_value;
        END IF;
        long_value := long_value + longs;
        short_value := short_value + net.market_value - longs;
        unrealized := unrealized + net.market_value - held.long_cost + held.short_cost;

        CONTINUE WHEN rollforward.reference_is_option(held.instrument_id) AND state.today > instrument.expiration;
        IF state.today - net.price_date <= rollforward.lookback_days() THEN
            priced := priced + 1;
        ELSIF net.price_date IS NOT NULL OR instrument.kind = 'private' THEN
            carried := carried + 1;
        ELSE
            unpriced := unpriced + 1;
        END IF;
        oldest_price_age_days := greatest(oldest_price_age_days, state.today - net.price_date);
    END LOOP;
END
$$;

COMMENT ON FUNCTION rollforward.reference_holdings IS 'Reference: what is held in a currency, and its value';
