-- Matches the staged parts of queues that lots leave in turn, first in, first out, and adds the slices to stage_slice.
--
-- On each queue (a side of a position) openings and closings lie on one axis of cumulative units. A closing beyond
-- what is open at its moment is an orphan and takes no place on the axis: closings reach their running total less
-- the largest deficit so far. The ends of all openings and closings, sorted, cut the axis into segments; each has
-- one opening (the first that reaches it) and at most one closing. Sorting is the dearest step: O(n log n).
CREATE OR REPLACE FUNCTION rollforward.match_in_turn()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_nestloop = off
AS $$
BEGIN
    INSERT INTO stage_slice (
        node_no, position_no, side, lot_no, opened_by, opened_in, entered_by, lot_offset, quantity, opened_on, entered_on,
        entered_ordinal, closed_on, closed_by, closed_ordinal, entered_cost, cost, proceeds, lot_quantity, lot_cost)
    WITH running AS (
        SELECT part.*,
               rollforward.total(part.open_quantity) OVER queue AS opened,
               rollforward.total(part.close_quantity) OVER queue AS demanded
        FROM stage_part AS part
        WHERE part.rank IS NULL
        WINDOW queue AS (
            PARTITION BY part.queue_no ORDER BY part.generation, part.ordinal ROWS UNBOUNDED PRECEDING)
    ),
    axis AS MATERIALIZED (
        SELECT running.*,
               running.demanded - greatest(0, max(running.demanded - running.opened) OVER queue) AS closed
        FROM running
        WINDOW queue AS (
            PARTITION BY running.queue_no ORDER BY running.generation, running.ordinal ROWS UNBOUNDED PRECEDING)
    ),
    opening AS (
        SELECT row_number() OVER (ORDER BY queue_no, generation, ordinal) AS opening_no,
               queue_no, opened_by, opened_in, opened_on, movement_id AS entered_by, on_date AS entered_on,
               generation * ordinal AS ordinal,
               opened - open_quantity AS axis_start, unit_offset AS lot_offset, all_units AS lot_quantity, value AS lot_cost
        FROM axis
        WHERE open_quantity > 0
    ),
    closing AS (
        SELECT row_number() OVER (ORDER BY queue_no, generation, ordinal) AS closing_no,
               queue_no, movement_id, on_date, ordinal, value, at_cost, unit_offset, all_units,
               coalesce(lag(closed) OVER (PARTITION BY queue_no ORDER BY generation, ordinal), 0) AS axis_start
        FROM axis
        WHERE close_quantity > 0
    ),
    break_point AS (
        SELECT queue_no, opened AS reached, ordinal, true AS of_opening FROM axis WHERE open_quantity > 0
        UNION ALL
        SELECT queue_no, closed, ordinal, false FROM axis WHERE close_quantity > 0
    ),
    segment AS (
        SELECT queue_no,
               CASE WHEN lag(queue_no) OVER flow = queue_no THEN lag(reached) OVER flow ELSE 0 END AS axis_start,
               reached AS axis_end,
               count(*) FILTER (WHERE of_opening) OVER flow + (NOT of_opening)::integer AS opening_no,
               count(*) FILTER (WHERE NOT of_opening) OVER flow + of_opening::integer AS closing_no
        FROM break_point
        WINDOW flow AS (ORDER BY queue_no, reached, ordinal, of_opening ROWS UNBOUNDED PRECEDING)
    ),
    -- OFFSET 0 keeps each step one: what is computed in it is computed once, however often it is used
    cut AS (
        SELECT segment.queue_no,
               segment.axis_end - segment.axis_start AS quantity,
               opening.opening_no AS lot_no, opening.opened_by, opening.opened_in, opening.opened_on, opening.entered_by,
               opening.entered_on, opening.ordinal AS entered_ordinal,
               opening.lot_quantity, opening.lot_cost,
               opening.lot_offset + (segment.axis_start - opening.axis_start) AS lot_from,
               opening.lot_offset + (segment.axis_end - opening.axis_start) AS lot_until,
               closing.movement_id AS closed_by, closing.on_date AS closed_on, closing.ordinal AS closed_ordinal,
               closing.value, closing.at_cost, closing.all_units,
               closing.unit_offset + (segment.axis_start - closing.axis_start) AS trade_from,
               closing.unit_offset + (segment.axis_end - closing.axis_start) AS trade_until
        FROM segment
        JOIN opening USING (opening_no)
        LEFT JOIN closing
            ON closing.closing_no = segment.closing_no
           -- numbers are unique; this only says whether there is one, and must not be what is joined on
           AND closing.queue_no - segment.queue_no = 0
        WHERE segment.axis_end > segment.axis_start
        OFFSET 0
    ),
    valued AS (
        SELECT cut.*,
               rollforward.allocated(cut.lot_cost, cut.lot_until, cut.lot_quantity)
                   - rollforward.allocated(cut.lot_cost, cut.lot_from, cut.lot_quantity) AS cost,
               rollforward.allocated(cut.value, cut.trade_until, cut.all_units)
                   - rollforward.allocated(cut.value, cut.trade_from, cut.all_units) AS proceeds
        FROM cut
        OFFSET 0
    )
    SELECT valued.queue_no / 2, node.position_no,
           CASE valued.queue_no % 2 WHEN 0 THEN 'long' ELSE 'short' END::rollforward_data.position_side,
           valued.lot_no, valued.opened_by, valued.opened_in, valued.entered_by, valued.lot_from, valued.quantity,
           valued.opened_on, valued.entered_on, valued.entered_ordinal,
           coalesce(valued.closed_on, 'infinity'), valued.closed_by, valued.closed_ordinal,
           valued.cost, valued.cost,
           CASE WHEN valued.at_cost THEN valued.cost ELSE valued.proceeds END,
           valued.lot_quantity, valued.lot_cost
    FROM valued
    JOIN stage_node AS node ON node.node_no = valued.queue_no / 2;
END
$$;

COMMENT ON FUNCTION rollforward.match_in_turn IS 'Matches the staged parts of queues that lots leave in turn, first in, first out';
