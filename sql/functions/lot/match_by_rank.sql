-- Matches the nodes of one level that lots do not leave in turn, and adds the slices to stage_slice.
--
-- cut_ranked_lots decides which lots a closing takes; here the cuts become slices, with their cost and proceeds, and so does
-- what is left of each lot. Lots are joined on one key, of node and rank: joined on both columns, the one position of a
-- large account is one large group.
CREATE OR REPLACE FUNCTION rollforward.match_by_rank(level integer)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM stage_node AS node WHERE node.by_rank AND node.level = match_by_rank.level) THEN
        RETURN;
    END IF;
    PERFORM rollforward.rank_lots(level);

    INSERT INTO stage_slice (
        node_no, position_no, side, lot_no, opened_by, opened_in, entered_by, lot_offset, quantity, opened_on, entered_on,
        entered_ordinal, closed_on, closed_by, closed_ordinal, entered_cost, cost, proceeds, lot_quantity, lot_cost)
    WITH cut AS MATERIALIZED (
        SELECT cut.*, cut.node_no::bigint << 32 | cut.rank AS lot_key, row_number() OVER () AS cut_no
        FROM rollforward.cut_ranked_lots(level) AS cut
    ),
    lot AS (
        SELECT cut.node_no, cut.lot_key, cut.axis_from, cut.units, coalesce(cut.lot_units, cut.units) AS lot_quantity,
               part.queue_no % 2 = 1 AS is_short, part.ordinal AS entered_ordinal,
               part.lot_no, part.opened_by, part.opened_in, part.opened_on,
               part.movement_id AS entered_by, part.on_date AS entered_on,
               part.value - rollforward.allocated(part.value, cut.own_from, part.all_units) AS lot_cost
        FROM cut
        JOIN stage_part AS part
            ON (part.queue_no / 2)::bigint << 32 | part.rank = cut.lot_key
        WHERE cut.ordinal IS NULL
    ),
    piece AS (
        SELECT lot_key, ordinal, units, own_from,
               sum(units) OVER (PARTITION BY lot_key ORDER BY cut_no ROWS UNBOUNDED PRECEDING) - units AS gone_before
        FROM cut
        WHERE ordinal IS NOT NULL
        UNION ALL
        SELECT cut.lot_key, NULL,
               coalesce(max(cut.units) FILTER (WHERE cut.ordinal IS NULL), 0)
                   - coalesce(sum(cut.units) FILTER (WHERE cut.ordinal IS NOT NULL), 0),
               NULL,
               coalesce(sum(cut.units) FILTER (WHERE cut.ordinal IS NOT NULL), 0)
        FROM cut
        GROUP BY cut.lot_key
    ),
    valued AS (
        SELECT lot.*, piece.units AS quantity, lot.axis_from + piece.gone_before AS lot_offset,
               closing.ordinal AS closed_ordinal, closing.accounting_date AS closed_on, closing.movement_id AS closed_by,
               closing.kind AS closing_kind,
               rollforward.allocated(lot.lot_cost, lot.axis_from + piece.gone_before + piece.units, lot.lot_quantity)
                   - rollforward.allocated(lot.lot_cost, lot.axis_from + piece.gone_before, lot.lot_quantity) AS cost,
               CASE WHEN lot.is_short THEN -1 ELSE 1 END
                   * (rollforward.allocated(closing.net, piece.own_from + piece.units, closing.quantity)
                      - rollforward.allocated(closing.net, piece.own_from, closing.quantity)) AS proceeds
        FROM piece
        JOIN lot USING (lot_key)
        LEFT JOIN stage_event AS closing ON closing.ordinal = piece.ordinal
        WHERE piece.units > 0
    )
    SELECT valued.node_no, node.position_no,
           CASE WHEN valued.is_short THEN 'short' ELSE 'long' END::rollforward_data.position_side,
           valued.lot_no, valued.opened_by, valued.opened_in, valued.entered_by, valued.lot_offset, valued.quantity,
           valued.opened_on, valued.entered_on, valued.entered_ordinal,
           coalesce(valued.closed_on, 'infinity'), valued.closed_by, valued.closed_ordinal,
           valued.cost, valued.cost,
           CASE WHEN valued.closing_kind = 'securities_out' THEN valued.cost ELSE valued.proceeds END,
           valued.lot_quantity, valued.lot_cost
    FROM valued
    JOIN stage_node AS node ON node.node_no = valued.node_no;
END
$$;

COMMENT ON FUNCTION rollforward.match_by_rank IS 'Matches closings that do not take lots in turn with the lots they take';
