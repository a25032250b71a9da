-- Lots that travelled from one account to another: what the stored slices of the one say, as the other receives it.
--
-- instrument_ids   whose transfers
-- returns          a row per lot that arrives by a movement; lots of one opening movement that arrive together are one
-- relies on        movement_transfer_idx, lot_slice_closed_idx
CREATE OR REPLACE FUNCTION rollforward.arriving_lots(instrument_ids bigint[])
RETURNS TABLE (
    from_account_id bigint,
    to_account_id bigint,
    arrived_by bigint,
    arrived_on date,
    side rollforward_data.position_side,
    opened_by bigint,
    opened_in bigint,
    opened_on date,
    quantity numeric,
    cost numeric
)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH stretch AS MATERIALIZED (
        SELECT * FROM rollforward.transfer_stretches(arriving_lots.instrument_ids)
    ),
    gone AS (
        SELECT DISTINCT stretch.from_account_id, stretch.left_by, leaving.accounting_date
        FROM stretch
        JOIN rollforward_data.movement AS leaving
            ON leaving.account_id = stretch.from_account_id
           AND leaving.movement_id = stretch.left_by
    ),
    piece AS (
        SELECT slice.account_id, slice.closed_by, slice.side, slice.opened_by, slice.opened_in, slice.opened_on,
               slice.quantity::numeric AS quantity, slice.cost::numeric AS cost,
               sum(slice.quantity) OVER (
                   PARTITION BY slice.account_id, slice.closed_by
                   ORDER BY slice.opened_on, slice.opened_in, opening.natural_key, slice.entered_on, slice.lot_offset
                   ROWS UNBOUNDED PRECEDING) AS axis_end
        FROM gone
        JOIN rollforward_data.lot_slice AS slice
            ON slice.account_id = gone.from_account_id
           AND slice.closed_on = gone.accounting_date
           AND slice.closed_by = gone.left_by
        JOIN rollforward_data.movement AS opening
            ON opening.account_id = slice.opened_in
           AND opening.movement_id = slice.opened_by
    ),
    cut AS (
        SELECT stretch.from_account_id, stretch.to_account_id, stretch.arrived_by, stretch.arrived_on, piece.side,
               piece.opened_by, piece.opened_in, piece.opened_on, piece.quantity, piece.cost,
               greatest(stretch.left_from, piece.axis_end - piece.quantity) - (piece.axis_end - piece.quantity) AS units_from,
               least(stretch.left_until, piece.axis_end) - (piece.axis_end - piece.quantity) AS units_until
        FROM stretch
        JOIN piece
            ON piece.account_id = stretch.from_account_id
           AND piece.closed_by = stretch.left_by
           AND piece.axis_end > stretch.left_from
           AND piece.axis_end - piece.quantity < stretch.left_until
    )
    SELECT min(cut.from_account_id), cut.to_account_id, cut.arrived_by, cut.arrived_on, cut.side,
           cut.opened_by, cut.opened_in, cut.opened_on,
           sum(cut.units_until - cut.units_from),
           sum(rollforward.allocated(cut.cost, cut.units_until, cut.quantity)
               - rollforward.allocated(cut.cost, cut.units_from, cut.quantity))
    FROM cut
    GROUP BY cut.to_account_id, cut.arrived_by, cut.arrived_on, cut.side, cut.opened_by, cut.opened_in, cut.opened_on;
END;

COMMENT ON FUNCTION rollforward.arriving_lots IS 'Lots that travelled from one account to another';
