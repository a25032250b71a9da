-- Ends a wave: open lots of accounts with a further wave become its opening lots.
--
-- The strike adjustment that ended the wave moves the lots of its contract, on both sides, to the successor: they
-- keep cost, date and costs, and leave a slice behind that says where they went.
CREATE OR REPLACE FUNCTION rollforward.carry_lots(wave integer)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    TRUNCATE stage_lot;

    WITH adjustment AS (
        SELECT account_id, movement_id, accounting_date, position_no, to_position_no
        FROM stage_event
        WHERE kind = 'strike_adjustment'
          AND wave = carry_lots.wave
    ),
    still_open AS (
        DELETE FROM stage_slice AS slice
        USING stage_position AS position, adjustment
        WHERE position.position_no = slice.position_no
          AND adjustment.account_id = position.account_id
          AND slice.closed_by IS NULL
        RETURNING slice.*
    ),
    carried AS (
        INSERT INTO stage_slice
        SELECT slice.position_no, slice.side, slice.opened_by, slice.entered_by, slice.lot_offset, slice.quantity,
               slice.opened_on, slice.entered_on, adjustment.accounting_date, adjustment.movement_id,
               successor.instrument_id, slice.cost, NULL, slice.lot_quantity, slice.lot_cost
        FROM still_open AS slice
        JOIN adjustment ON adjustment.position_no = slice.position_no
        JOIN stage_position AS successor ON successor.position_no = adjustment.to_position_no
    )
    INSERT INTO stage_lot
    SELECT coalesce(adjustment.to_position_no, slice.position_no),
           slice.side,
           slice.opened_by,
           slice.opened_on,
           coalesce(adjustment.movement_id, slice.entered_by),
           coalesce(adjustment.accounting_date, slice.entered_on),
           slice.lot_offset,
           slice.quantity,
           slice.lot_quantity,
           slice.lot_cost
    FROM still_open AS slice
    LEFT JOIN adjustment ON adjustment.position_no = slice.position_no;
END
$$;

COMMENT ON FUNCTION rollforward.carry_lots IS 'Moves open lots into the next wave, along the strike adjustment that ends this one';
