-- Stages the lots of the staged positions that were open when the range begins.
--
-- Fills stage_lot. A stored slice was open before a day if it entered its position before it and closed on it or
-- later; slices of one lot are joined, and keep their place on the axis of the lot, so that cost is allocated as if
-- the calculation had never stopped.
--
-- lowest, highest   the first and the last of the accounts
-- relies on   lot_slice_closed_idx, movement_pkey
CREATE OR REPLACE FUNCTION rollforward.stage_opening_lots(start_date date, lowest bigint, highest bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_mergejoin = off  -- by account alone, where it seems to have no slices yet
AS $$
DECLARE
    rows_staged bigint;
BEGIN
    INSERT INTO stage_lot (node_no, ordinal, lot_no, side, opened_by, opened_in, opened_on, entered_by, entered_on,
                           lot_offset, quantity, cost, lot_quantity, lot_cost)
    WITH remaining AS (
        SELECT position.position_no, slice.side, slice.opened_by, slice.opened_in, slice.opened_on, slice.entered_by,
               slice.entered_on, min(slice.lot_offset) AS lot_offset, sum(slice.quantity) AS quantity,
               slice.lot_quantity, slice.lot_cost
        FROM stage_position AS position
        JOIN rollforward_data.lot_slice AS slice
            ON slice.account_id = position.account_id
           AND slice.account_id BETWEEN lowest AND highest
           AND slice.instrument_id = position.instrument_id
           AND slice.currency = position.currency
           AND slice.closed_on >= stage_opening_lots.start_date
           AND slice.closed_on >= position.from_date
           AND slice.entered_on < position.from_date
        GROUP BY position.position_no, slice.side, slice.opened_by, slice.opened_in, slice.opened_on, slice.entered_by,
                 slice.entered_on, slice.lot_quantity, slice.lot_cost
    )
    SELECT remaining.position_no, 0,
           row_number() OVER (
               ORDER BY opening.accounting_date, opening.occurred_at, opening.effect, opening.price,
                        opening.natural_key),
           remaining.side, remaining.opened_by, remaining.opened_in, remaining.opened_on, remaining.entered_by,
           remaining.entered_on, remaining.lot_offset, remaining.quantity,
           remaining.lot_cost - rollforward.allocated(remaining.lot_cost, remaining.lot_offset, remaining.lot_quantity),
           remaining.lot_quantity, remaining.lot_cost
    FROM remaining
    JOIN rollforward_data.movement AS opening
        ON opening.account_id = remaining.opened_in
       AND opening.movement_id = remaining.opened_by;
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_lot', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_opening_lots IS 'Stages the lots that were open when the range begins';
