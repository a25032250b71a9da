-- Stages the lots of the staged positions that were open when the range begins.
--
-- Fills stage_lot. A stored slice was open before a day if it entered its position before it and closed on it or
-- later; slices of one lot are joined, and keep their place on the axis of the lot, so that cost is allocated as if
-- the calculation had never stopped.
--
-- relies on   lot_slice_closed_idx
CREATE OR REPLACE FUNCTION rollforward.stage_opening_lots()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rows_staged bigint;
BEGIN
    INSERT INTO stage_lot
    SELECT position.position_no,
           slice.side,
           slice.opened_by,
           slice.opened_on,
           slice.entered_by,
           slice.entered_on,
           min(slice.lot_offset),
           sum(slice.quantity),
           slice.lot_quantity,
           slice.lot_cost
    FROM stage_position AS position
    JOIN rollforward_data.lot_slice AS slice
        ON slice.account_id = position.account_id
       AND slice.instrument_id = position.instrument_id
       AND slice.currency = position.currency
       AND slice.closed_on >= position.from_date
       AND slice.entered_on < position.from_date
    GROUP BY position.position_no, slice.side, slice.opened_by, slice.opened_on, slice.entered_by, slice.entered_on,
             slice.lot_quantity, slice.lot_cost;
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_lot', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_opening_lots IS 'Stages the lots that were open when the range begins';
