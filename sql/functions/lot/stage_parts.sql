-- Lays out the nodes of one level that lots leave in turn as parts: what each event opens or closes on which side.
--
-- Fills stage_part. Lots that enter at the beginning of a node come first, in order of acquisition; then the events. An
-- event that says what it does is one part; one that takes the position as it finds it is settled by
-- settle_auto_events first, and may close and open.
CREATE OR REPLACE FUNCTION rollforward.stage_parts(level integer)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    rows_staged bigint;
BEGIN
    IF level > 0 THEN
        TRUNCATE stage_part;
    END IF;

    INSERT INTO stage_part
    SELECT lot.node_no * 2 + (lot.side = 'short')::integer,
           0,
           lot.lot_no, lot.entered_by, lot.entered_on, lot.quantity, 0, lot.lot_cost, false,
           lot.opened_by, lot.opened_in, lot.opened_on, lot.lot_offset, lot.lot_quantity
    FROM stage_lot AS lot
    JOIN stage_node AS node USING (node_no)
    WHERE node.level = stage_parts.level
      AND NOT node.by_rank;

    -- What the event says is what it does.
    INSERT INTO stage_part
    SELECT event.node_no * 2 + (event.part_side = 'short')::integer,
           1,
           event.ordinal, event.movement_id, event.accounting_date,
           CASE WHEN event.effect = 'open' THEN event.quantity ELSE 0 END,
           CASE WHEN event.effect = 'close' THEN event.quantity ELSE 0 END,
           coalesce(event.opening_cost,
                    CASE WHEN (event.effect = 'open') = (event.part_side = 'long') THEN -event.net ELSE event.net END),
           event.kind = 'securities_out',
           event.movement_id, event.account_id, event.accounting_date, 0, event.quantity
    FROM stage_event AS event
    JOIN stage_node AS node USING (node_no)
    WHERE node.level = stage_parts.level
      AND NOT node.by_rank
      AND event.part_side IS NOT NULL;

    IF EXISTS (
        SELECT FROM stage_event AS event
        JOIN stage_node AS node USING (node_no)
        WHERE node.level = stage_parts.level
          AND NOT node.by_rank
          AND event.effect IS NOT NULL
          AND event.part_side IS NULL
    ) THEN
        PERFORM rollforward.settle_auto_events(level);
    END IF;

    SELECT count(*) INTO rows_staged FROM stage_part;
    PERFORM rollforward.analyze_stage('pg_temp.stage_part', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_parts IS 'Lays out one level as opening and closing parts on each side';
