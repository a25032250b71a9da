-- Gives the slices of one level whose cost is an average that cost.
--
-- What is open on a side of a position is one pool. A closing takes its cost by units; its pieces share that, and the lots
-- still open share what is left, in order of acquisition.
CREATE OR REPLACE FUNCTION rollforward.average_costs(level integer)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM stage_node AS node WHERE node.method = 'average' AND node.level = average_costs.level) THEN
        RETURN;
    END IF;

    WITH pooled AS MATERIALIZED (
        SELECT slice.*
        FROM stage_slice AS slice
        JOIN stage_node AS node USING (node_no)
        WHERE node.method = 'average'
          AND node.level = average_costs.level
    ),
    turn AS (
        SELECT node_no, side, 0 AS ordinal, sum(quantity) AS opened, sum(cost) AS cost, 0::numeric AS closed
        FROM stage_lot
        WHERE ordinal = 0
        GROUP BY node_no, side
        UNION ALL
        SELECT node_no, side, entered_ordinal, sum(quantity), sum(entered_cost), 0
        FROM pooled
        WHERE entered_ordinal > 0
        GROUP BY node_no, side, entered_ordinal
        UNION ALL
        SELECT node_no, side, closed_ordinal, 0, 0, sum(quantity)
        FROM pooled
        WHERE closed_ordinal IS NOT NULL
        GROUP BY node_no, side, closed_ordinal
    ),
    pool AS (
        SELECT turn.node_no, turn.side, turn.ordinal, turn.closed,
               rollforward.pool(turn.opened, turn.cost, turn.closed) OVER side AS after,
               row_number() OVER (PARTITION BY turn.node_no, turn.side ORDER BY turn.ordinal DESC) AS from_end
        FROM turn
        WHERE turn.node_no IN (SELECT pooled.node_no FROM pooled)
        WINDOW side AS (PARTITION BY turn.node_no, turn.side ORDER BY turn.ordinal ROWS UNBOUNDED PRECEDING)
    ),
    taken AS (
        -- what each closing took, and, without a closing, what is left
        SELECT node_no, side, ordinal AS closed_ordinal,
               lag(after[2]) OVER (PARTITION BY node_no, side ORDER BY ordinal) - after[2] AS cost
        FROM pool
        UNION ALL
        SELECT node_no, side, NULL, after[2]
        FROM pool
        WHERE from_end = 1
    ),
    piece AS (
        SELECT pooled.node_no, pooled.side, pooled.closed_ordinal, pooled.lot_no, pooled.lot_offset, pooled.quantity,
               sum(pooled.quantity) OVER (
                   PARTITION BY pooled.node_no, pooled.side, pooled.closed_ordinal
                   ORDER BY pooled.lot_no ROWS UNBOUNDED PRECEDING) AS units,
               sum(pooled.quantity) OVER (PARTITION BY pooled.node_no, pooled.side, pooled.closed_ordinal) AS all_units
        FROM pooled
    )
    UPDATE stage_slice AS slice
    SET cost = share.cost,
        proceeds = CASE WHEN closing.kind = 'securities_out' THEN share.cost ELSE slice.proceeds END
    FROM piece
    JOIN taken
        ON taken.node_no = piece.node_no
       AND taken.side = piece.side
       AND taken.closed_ordinal IS NOT DISTINCT FROM piece.closed_ordinal
    LEFT JOIN stage_event AS closing ON closing.ordinal = piece.closed_ordinal
    CROSS JOIN LATERAL (
        SELECT rollforward.allocated(taken.cost, piece.units, piece.all_units)
               - rollforward.allocated(taken.cost, piece.units - piece.quantity, piece.all_units) AS cost
    ) AS share
    WHERE slice.node_no = piece.node_no
      AND slice.side = piece.side
      AND slice.lot_no = piece.lot_no
      AND slice.lot_offset = piece.lot_offset;
END
$$;

COMMENT ON FUNCTION rollforward.average_costs IS 'Gives slices whose cost is an average that cost';
