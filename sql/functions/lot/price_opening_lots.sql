-- Gives opening lots whose cost is an average their share of what the position cost when the range begins.
--
-- Stored slices say what each lot entered with, and what it left with; what it cost on a day in between follows from the
-- snapshot of the position.
--
-- relies on   position_snapshot_pkey: one descent per position
CREATE OR REPLACE FUNCTION rollforward.price_opening_lots()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM stage_node WHERE method = 'average') THEN
        RETURN;
    END IF;

    WITH pool AS (
        SELECT node.node_no, latest.long_cost, latest.short_cost
        FROM stage_node AS node
        JOIN stage_position AS position USING (position_no)
        CROSS JOIN LATERAL (
            SELECT snapshot.long_cost, snapshot.short_cost
            FROM rollforward_data.position_snapshot AS snapshot
            WHERE snapshot.account_id = position.account_id
              AND snapshot.instrument_id = position.instrument_id
              AND snapshot.currency = position.currency
              AND snapshot.snapshot_date < position.from_date
            ORDER BY snapshot.snapshot_date DESC
            LIMIT 1
        ) AS latest
        WHERE node.method = 'average'
          AND node.node_no = node.position_no
    ),
    share AS (
        SELECT lot.node_no, lot.side, lot.lot_no, lot.quantity,
               CASE lot.side WHEN 'long' THEN pool.long_cost ELSE pool.short_cost END AS total,
               sum(lot.quantity) OVER (
                   PARTITION BY lot.node_no, lot.side ORDER BY lot.lot_no ROWS UNBOUNDED PRECEDING) AS units,
               sum(lot.quantity) OVER (PARTITION BY lot.node_no, lot.side) AS all_units
        FROM stage_lot AS lot
        JOIN pool USING (node_no)
        WHERE lot.ordinal = 0
    )
    UPDATE stage_lot AS lot
    SET cost = rollforward.allocated(share.total, share.units, share.all_units)
               - rollforward.allocated(share.total, share.units - share.quantity, share.all_units)
    FROM share
    WHERE lot.node_no = share.node_no
      AND lot.side = share.side
      AND lot.lot_no = share.lot_no
      AND lot.ordinal = 0;
END
$$;

COMMENT ON FUNCTION rollforward.price_opening_lots IS 'Gives opening lots at average cost their share of what the position cost';
