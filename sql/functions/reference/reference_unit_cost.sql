-- What highest and lowest are about: the cost of a unit of a lot or, when lots rank by price, the price of its opening.
CREATE OR REPLACE FUNCTION rollforward.reference_unit_cost(
    state rollforward.reference_state,
    lot rollforward_data.lot_slice
)
RETURNS numeric
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    opening rollforward_data.movement;
    net numeric;
BEGIN
    SELECT movement.* INTO opening
    FROM rollforward_data.movement
    WHERE movement.account_id = lot.opened_in AND movement.movement_id = lot.opened_by;

    IF state.ranked_by = 'price' AND opening.price IS NOT NULL THEN
        RETURN opening.price;
    END IF;
    IF lot.entered_by = lot.opened_by AND opening.kind IN ('buy', 'sell') THEN
        net := rollforward.reference_net(state, opening);
        RETURN round(CASE lot.side WHEN 'long' THEN -net ELSE net END / opening.quantity, 12);
    END IF;
    RETURN round(lot.lot_cost / lot.lot_quantity, 12);
END
$$;

COMMENT ON FUNCTION rollforward.reference_unit_cost IS 'Reference: by what a lot ranks as the dearest or the cheapest';
