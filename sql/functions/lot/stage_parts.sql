-- Lays out one wave as parts: what each event opens or closes on which side of its position.
--
-- Fills stage_part. Lots still open come first, oldest first; then the events in their order. An event that says
-- what it does is one part; one that takes the position as it finds it is settled by settle_auto_events first, and
-- may close and open.
CREATE OR REPLACE FUNCTION rollforward.stage_parts(wave integer)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    rows_staged bigint;
BEGIN
    IF wave > 0 THEN
        TRUNCATE stage_part;
    END IF;

    INSERT INTO stage_part
    SELECT lot.position_no * 2 + (lot.side = 'short')::integer,
           0,
           row_number() OVER (
               ORDER BY opening.accounting_date, opening.occurred_at, opening.effect, opening.price,
                        opening.natural_key, lot.lot_offset),
           lot.entered_by, lot.entered_on, lot.quantity, 0, lot.lot_cost, false,
           lot.opened_by, lot.opened_on, lot.lot_offset, lot.lot_quantity
    FROM stage_lot AS lot
    JOIN stage_position AS position USING (position_no)
    JOIN rollforward_data.movement AS opening
        ON opening.account_id = position.account_id
       AND opening.movement_id = lot.opened_by;

    -- What the event says is what it does.
    INSERT INTO stage_part
    SELECT event.position_no * 2 + (event.part_side = 'short')::integer,
           1,
           event.ordinal, event.movement_id, event.accounting_date,
           CASE WHEN event.effect = 'open' THEN event.quantity ELSE 0 END,
           CASE WHEN event.effect = 'close' THEN event.quantity ELSE 0 END,
           CASE WHEN (event.effect = 'open') = (event.part_side = 'long') THEN -event.net ELSE event.net END
               + coalesce(event.carried_cost, 0),
           event.kind = 'securities_out',
           event.movement_id, event.accounting_date, 0, event.quantity
    FROM stage_event AS event
    WHERE event.wave = stage_parts.wave
      AND event.part_side IS NOT NULL;

    IF EXISTS (
        SELECT FROM stage_event AS event
        WHERE event.wave = stage_parts.wave
          AND event.effect IS NOT NULL
          AND event.part_side IS NULL
    ) THEN
        PERFORM rollforward.settle_auto_events(wave);
    END IF;

    SELECT count(*) INTO rows_staged FROM stage_part;
    PERFORM rollforward.analyze_stage('pg_temp.stage_part', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_parts IS 'Lays out one wave of events as opening and closing parts on each side';
