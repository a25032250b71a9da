-- Ranks what may be opened in the nodes of one level that lots do not leave in turn: adds it to stage_part.
--
-- Lots that enter, and events that open, each with its order of acquisition in the node, and the order in which the cost
-- method takes it: rank 1 first.
CREATE OR REPLACE FUNCTION rollforward.rank_lots(level integer)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    rows_staged bigint;
BEGIN
    INSERT INTO stage_part
    WITH candidate AS (
        SELECT lot.node_no, lot.side, 0 AS generation, lot.ordinal, lot.entered_by AS movement_id, lot.entered_on AS on_date,
               lot.quantity, lot.lot_cost AS value, lot.opened_by, lot.opened_in, lot.opened_on,
               lot.lot_offset AS unit_offset, lot.lot_quantity AS all_units
        FROM stage_lot AS lot
        UNION ALL
        SELECT event.node_no,
               coalesce(event.part_side,
                        CASE event.kind WHEN 'buy' THEN 'long' ELSE 'short' END::rollforward_data.position_side),
               1, event.ordinal, event.movement_id, event.accounting_date,
               event.quantity,
               coalesce(event.opening_cost, CASE event.kind WHEN 'buy' THEN -event.net ELSE event.net END),
               event.movement_id, event.account_id, event.accounting_date, 0, event.quantity
        FROM stage_event AS event
        WHERE event.effect IN ('open', 'auto')
          AND event.kind IN ('buy', 'sell', 'securities_in')
          AND event.quantity > 0
    ),
    acquired AS (
        SELECT candidate.*, node.method,
               coalesce(CASE node.ranked_by WHEN 'price' THEN opening.price END,
                        round(candidate.value / candidate.all_units, 12)) AS unit_cost,
               row_number() OVER (
                   PARTITION BY candidate.node_no
                   ORDER BY opening.accounting_date, opening.occurred_at, opening.effect, opening.price,
                            opening.natural_key, candidate.ordinal) AS lot_no
        FROM candidate
        JOIN stage_node AS node USING (node_no)
        JOIN rollforward_data.movement AS opening
            ON opening.account_id = candidate.opened_in
           AND opening.movement_id = candidate.opened_by
        WHERE node.level = rank_lots.level
          AND node.by_rank
    )
    SELECT node_no * 2 + (side = 'short')::integer, generation, ordinal, movement_id, on_date, quantity, 0, value, false,
           opened_by, opened_in, opened_on, unit_offset, all_units, lot_no,
           row_number() OVER (
               PARTITION BY node_no
               ORDER BY CASE method WHEN 'hifo' THEN -unit_cost WHEN 'lofo' THEN unit_cost END,
                        CASE method WHEN 'lifo' THEN -lot_no ELSE lot_no END)
    FROM acquired;
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_part', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.rank_lots IS 'Ranks what may be opened in nodes that lots do not leave in turn';
