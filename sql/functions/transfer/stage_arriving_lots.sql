-- Stages the lots that arrive from other accounts: they enter at the movement that brings them, instead of what it opens.
--
-- Adds to stage_lot; what is left to the movement itself to open stays in stage_event.
CREATE OR REPLACE FUNCTION rollforward.stage_arriving_lots()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    instrument_ids bigint[];
BEGIN
    SELECT array_agg(DISTINCT position.instrument_id)
    INTO instrument_ids
    FROM stage_event AS event
    JOIN stage_position AS position USING (position_no)
    WHERE event.kind = 'securities_in';

    IF instrument_ids IS NULL THEN
        RETURN;
    END IF;

    INSERT INTO stage_lot (node_no, ordinal, lot_no, side, opened_by, opened_in, opened_on, entered_by, entered_on,
                           lot_offset, quantity, cost, lot_quantity, lot_cost)
    SELECT event.node_no, event.ordinal,
           row_number() OVER (
               ORDER BY opening.accounting_date, opening.occurred_at, opening.effect, opening.price, opening.natural_key),
           arriving.side, arriving.opened_by, arriving.opened_in, arriving.opened_on, event.movement_id,
           event.accounting_date, 0, arriving.quantity, arriving.cost, arriving.quantity, arriving.cost
    FROM rollforward.arriving_lots(instrument_ids) AS arriving
    JOIN stage_event AS event
        ON event.account_id = arriving.to_account_id
       AND event.movement_id = arriving.arrived_by
       AND event.kind = 'securities_in'
    JOIN rollforward_data.movement AS opening
        ON opening.account_id = arriving.opened_in
       AND opening.movement_id = arriving.opened_by;

    UPDATE stage_event AS event
    SET quantity = event.quantity - arrived.quantity,
        opening_cost = coalesce(round((event.quantity - arrived.quantity) * movement.price * position.multiplier, 8), 0)
    FROM (SELECT ordinal, sum(quantity) AS quantity FROM stage_lot WHERE ordinal > 0 GROUP BY ordinal) AS arrived,
         rollforward_data.movement, stage_position AS position
    WHERE event.ordinal = arrived.ordinal
      AND movement.account_id = event.account_id
      AND movement.movement_id = event.movement_id
      AND position.position_no = event.position_no;
END
$$;

COMMENT ON FUNCTION rollforward.stage_arriving_lots IS 'Stages the lots that arrive from other accounts';
