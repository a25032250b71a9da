-- The evening of a day: what is open in each currency that moved, and what is it worth?
CREATE OR REPLACE FUNCTION rollforward.reference_value_currencies(state rollforward.reference_state)
RETURNS rollforward.reference_state
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    place integer;
    snapshot rollforward_data.account_snapshot;
    held record;
    worth record;
BEGIN
    FOR place IN 1 .. cardinality(state.currencies) LOOP
        snapshot := state.currencies[place];
        CONTINUE WHEN snapshot.snapshot_date <> state.today;

        snapshot.open_units := 0;
        snapshot.invested := 0;
        snapshot.market_value := 0;
        snapshot.unrealized_gains := 0;
        FOR held IN
            SELECT lot.instrument_id,
                   sum(lot.quantity) AS open_units,
                   coalesce(sum(lot.cost) FILTER (WHERE lot.side = 'long'), 0) AS long_cost,
                   sum(CASE lot.side WHEN 'long' THEN lot.quantity ELSE -lot.quantity END) AS units,
                   sum(CASE lot.side WHEN 'long' THEN lot.cost ELSE -lot.cost END) AS cost
            FROM unnest(state.lots) AS lot
            WHERE lot.currency = snapshot.currency
            GROUP BY lot.instrument_id
        LOOP
            worth := rollforward.reference_worth(state, held.instrument_id, snapshot.currency, held.units, held.cost);
            snapshot.open_units := snapshot.open_units + held.open_units;
            snapshot.market_value := snapshot.market_value + worth.market_value;
            snapshot.unrealized_gains := snapshot.unrealized_gains + worth.market_value - held.cost;
            IF NOT rollforward.reference_is_option(held.instrument_id) THEN
                snapshot.invested := snapshot.invested + held.long_cost;
            END IF;
        END LOOP;
        state.currencies[place] := snapshot;
    END LOOP;
    RETURN state;
END
$$;

COMMENT ON FUNCTION rollforward.reference_value_currencies IS 'Reference: what is open in the currencies that moved, and its value';
