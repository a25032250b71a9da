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
DECLARE
    rows_staged bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM stage_node AS node WHERE node.method = 'average' AND node.level = average_costs.level) THEN
        RETURN;
    END IF;

    SELECT count(*) INTO rows_staged FROM stage_slice;
    PERFORM rollforward.analyze_stage('pg_temp.stage_slice', rows_staged);

    WITH pooled AS MATERIALIZED (
        SELECT slice.ctid AS slice_id, slice.*, slice.node_no * 2 + (slice.side = 'short')::integer AS queue_no
        FROM stage_slice AS slice
        JOIN stage_node AS node USING (node_no)
        WHERE node.method = 'average'
          AND node.level = average_costs.level
    ),
    turn AS (
        SELECT lot.node_no * 2 + (lot.side = 'short')::integer AS queue_no, 0 AS ordinal,
               sum(lot.quantity) AS opened, sum(lot.cost) AS cost, 0::numeric AS closed
        FROM stage_lot AS lot
        JOIN stage_node AS node USING (node_no)
        WHERE lot.ordinal = 0
          AND node.method = 'average'
          AND node.level = average_costs.level
        GROUP BY lot.node_no, lot.side
        UNION ALL
        SELECT queue_no, entered_ordinal, sum(quantity), sum(entered_cost), 0
        FROM pooled
        WHERE entered_ordinal > 0
        GROUP BY queue_no, entered_ordinal
        UNION ALL
        SELECT queue_no, closed_ordinal, 0, 0, sum(quantity)
        FROM pooled
        WHERE closed_ordinal IS NOT NULL
        GROUP BY queue_no, closed_ordinal
    ),
    pool AS (
        SELECT turn.queue_no, turn.ordinal,
               rollforward.pool(turn.opened, turn.cost, turn.closed) OVER queue AS after,
               row_number() OVER (PARTITION BY turn.queue_no ORDER BY turn.ordinal DESC) = 1 AS is_last
        FROM turn
        WINDOW queue AS (PARTITION BY turn.queue_no ORDER BY turn.ordinal ROWS UNBOUNDED PRECEDING)
    ),
    -- what each closing took, and what is left in the end; numbered, so that pieces find it by one key
    taken AS (
        SELECT ordinal * 2 + queue_no % 2 AS taken_no,
               lag(after[2]) OVER (PARTITION BY queue_no ORDER BY ordinal) - after[2] AS cost
        FROM pool
        UNION ALL
        SELECT -queue_no, after[2]
        FROM pool
        WHERE is_last
    ),
    piece AS (
        SELECT pooled.slice_id, pooled.quantity, pooled.closed_ordinal,
               coalesce(pooled.closed_ordinal * 2 + pooled.queue_no % 2, -pooled.queue_no) AS taken_no,
               sum(pooled.quantity) OVER (
                   PARTITION BY pooled.queue_no, pooled.closed_ordinal
                   ORDER BY pooled.lot_no, pooled.lot_offset ROWS UNBOUNDED PRECEDING) AS units,
               sum(pooled.quantity) OVER (PARTITION BY pooled.queue_no, pooled.closed_ordinal) AS all_units
        FROM pooled
    )
    UPDATE stage_slice AS slice
    SET cost = share.cost,
        proceeds = CASE WHEN closing.kind = 'securities_out' THEN share.cost ELSE slice.proceeds END
    FROM piece
    JOIN taken USING (taken_no)
    LEFT JOIN stage_event AS closing ON closing.ordinal = piece.closed_ordinal
    CROSS JOIN LATERAL (
        SELECT rollforward.allocated(taken.cost, piece.units, piece.all_units)
               - rollforward.allocated(taken.cost, piece.units - piece.quantity, piece.all_units) AS cost
    ) AS share
    WHERE slice.ctid = piece.slice_id;
END
$$;

COMMENT ON FUNCTION rollforward.average_costs IS 'Gives slices whose cost is an average that cost';
