-- What left, anywhere, by the transfers that belong together with one that arrives: pieces in the order of their axis.
--
-- Of other accounts it is what is stored there. Units of a transfer for which no lot left, and those that this account
-- sends itself, carry nothing; they are pieces without an opening movement.
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
    WITH piece AS (
        SELECT leg.movement_id, slice.quantity, slice.cost, slice.opened_in, slice.opened_by, slice.opened_on,
               opening.natural_key, slice.entered_on, slice.lot_offset
        FROM rollforward.reference_legs(event, 'securities_out') AS leg
        JOIN rollforward_data.lot_slice AS slice
            ON slice.account_id = leg.account_id AND slice.closed_by = leg.movement_id
        JOIN rollforward_data.movement AS opening
            ON opening.account_id = slice.opened_in AND opening.movement_id = slice.opened_by
        WHERE leg.account_id <> state.account_id
        UNION ALL
        SELECT leg.movement_id,
               leg.quantity - coalesce((SELECT sum(slice.quantity) FROM rollforward_data.lot_slice AS slice
                                        WHERE slice.account_id = leg.account_id AND slice.closed_by = leg.movement_id
                                          AND leg.account_id <> state.account_id), 0),
               0, NULL, NULL, NULL, NULL, NULL, NULL
        FROM rollforward.reference_legs(event, 'securities_out') AS leg
    )
    SELECT leg.account_id, leg.accounting_date, piece.quantity::numeric, piece.cost::numeric,
           piece.opened_in, piece.opened_by, piece.opened_on
    FROM rollforward.reference_legs(event, 'securities_out') AS leg
    JOIN piece ON piece.movement_id = leg.movement_id
    WHERE piece.quantity > 0
    ORDER BY leg.account_id, leg.accounting_date, leg.occurred_at, leg.natural_key,
             piece.opened_on, piece.opened_in, piece.natural_key, piece.entered_on, piece.lot_offset;
END
$$;

COMMENT ON FUNCTION rollforward.reference_departures IS 'Reference: what left by transfers, in the order in which it arrives';
