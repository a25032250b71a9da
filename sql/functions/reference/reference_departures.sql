-- What left, anywhere, by the transfers that belong together with one that arrives: pieces in the order of their axis.
--
-- Of other accounts it is what is stored there. Of this account nothing is carried and only units matter: those that
-- left so far or, by a transfer that is still to come, those that it asks for.
CREATE OR REPLACE FUNCTION rollforward.reference_departures(
    state rollforward.reference_state,
    event rollforward_data.movement
)
RETURNS TABLE (
    account_id bigint, left_on date, quantity numeric, cost numeric, opened_in bigint, opened_by bigint, opened_on date
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT leg.account_id, leg.accounting_date, gone.quantity::numeric, gone.cost::numeric,
           gone.opened_in, gone.opened_by, gone.opened_on
    FROM rollforward.reference_legs(event, 'securities_out') AS leg
    CROSS JOIN LATERAL (
        SELECT slice.quantity, slice.cost, slice.opened_in, slice.opened_by, slice.opened_on,
               slice.entered_by, slice.lot_offset
        FROM rollforward_data.lot_slice AS slice
        WHERE leg.account_id <> state.account_id
          AND slice.account_id = leg.account_id
          AND slice.closed_by = leg.movement_id
        UNION ALL
        SELECT slice.quantity, slice.cost, slice.opened_in, slice.opened_by, slice.opened_on,
               slice.entered_by, slice.lot_offset
        FROM unnest(state.departed) AS slice
        WHERE slice.closed_by = leg.movement_id
        UNION ALL
        SELECT leg.quantity, 0, NULL, NULL, NULL, NULL, NULL
        WHERE leg.account_id = state.account_id
          AND rollforward.reference_order(leg) > rollforward.reference_order(event)
    ) AS gone
    ORDER BY leg.account_id, leg.accounting_date, leg.movement_id,
             gone.opened_on, gone.opened_by, gone.entered_by, gone.lot_offset;
END
$$;

COMMENT ON FUNCTION rollforward.reference_departures IS 'Reference: what left by transfers, in the order in which it arrives';
