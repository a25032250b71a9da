-- Securities transferred in a currency since the last trading day, in less out: at today's close, and at cost.
--
-- Each lot that came in counts with what it entered with, each piece that left with what it left with; units from before
-- a split count as what it made of them. Shorts count negative.
CREATE OR REPLACE FUNCTION rollforward.reference_transferred(
    state rollforward.reference_state,
    currency text,
    OUT value numeric,
    OUT cost numeric
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    moved record;
    split record;
    worth record;
BEGIN
    value := 0;
    cost := 0;
    FOR moved IN
        SELECT slice.instrument_id, slice.entered_on AS on_date, slice.lot_quantity AS units, slice.lot_cost AS cost,
               CASE slice.side WHEN 'long' THEN 1 ELSE -1 END AS sign
        FROM unnest(state.arrived) AS slice
        WHERE slice.currency = reference_transferred.currency
        UNION ALL
        SELECT slice.instrument_id, slice.closed_on, slice.quantity, slice.cost,
               CASE slice.side WHEN 'long' THEN -1 ELSE 1 END
        FROM unnest(state.departed) AS slice
        WHERE slice.currency = reference_transferred.currency
    LOOP
        split := rollforward.reference_split_since(state, moved.instrument_id, currency, moved.on_date);
        worth := rollforward.reference_worth(
            state, moved.instrument_id, currency,
            moved.sign * round(moved.units * split.new_units / split.old_units, 12), moved.sign * moved.cost);
        value := value + worth.market_value;
        cost := cost + moved.sign * moved.cost;
    END LOOP;
END
$$;

COMMENT ON FUNCTION rollforward.reference_transferred IS 'Reference: securities transferred since the last trading day';
