-- Moves the open lots of the nodes of one level on, where an event ends the node: into the node that it leads to.
--
-- A lot that moves on ends as a slice at cost, and begins anew with its units in the ratio of the event and the cost that
-- is left. Units are rounded to 12 decimals on the running total of the queue; lots of one opening become one lot.
CREATE OR REPLACE FUNCTION rollforward.carry_lots(level integer)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM stage_carry) THEN
        RETURN;
    END IF;

    WITH ended AS (
        UPDATE stage_slice AS slice
        SET closed_on = carry.on_date,
            closed_by = carry.event_id,
            carried_to = carry.to_instrument_id
        FROM stage_carry AS carry
        JOIN stage_node AS node USING (node_no)
        WHERE node.level = carry_lots.level
          AND slice.node_no = carry.node_no
          AND slice.closed_by IS NULL
        RETURNING carry.to_node_no, carry.to_ordinal, carry.event_id, carry.on_date, carry.quantity AS new_units,
                  carry.per_quantity AS old_units, slice.side, slice.lot_no, slice.opened_by, slice.opened_in,
                  slice.opened_on, slice.quantity, slice.cost
    ),
    lot AS (
        SELECT to_node_no, to_ordinal, event_id, on_date, new_units, old_units, side, opened_by, opened_in, opened_on,
               min(lot_no) AS lot_no, sum(quantity) AS quantity, sum(cost) AS cost
        FROM ended
        GROUP BY to_node_no, to_ordinal, event_id, on_date, new_units, old_units, side, opened_by, opened_in, opened_on
    ),
    running AS (
        SELECT lot.*,
               sum(lot.quantity) OVER (
                   PARTITION BY lot.to_node_no, lot.to_ordinal, lot.side ORDER BY lot.lot_no ROWS UNBOUNDED PRECEDING) AS units
        FROM lot
    ),
    renewed AS (
        SELECT running.*,
               round(running.units * running.new_units / running.old_units, 12)
               - round((running.units - running.quantity) * running.new_units / running.old_units, 12) AS renewed_units
        FROM running
    )
    INSERT INTO stage_lot (node_no, ordinal, lot_no, side, opened_by, opened_in, opened_on, entered_by, entered_on,
                           lot_offset, quantity, cost, lot_quantity, lot_cost)
    SELECT to_node_no, to_ordinal, lot_no, side, opened_by, opened_in, opened_on, event_id, on_date,
           0, renewed_units, cost, renewed_units, cost
    FROM renewed
    WHERE renewed_units > 0;
END
$$;

COMMENT ON FUNCTION rollforward.carry_lots IS 'Moves open lots on into the node that the event at their end leads to';
