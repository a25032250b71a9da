-- Stages the events of a calculation: stage_event, positions one after the other, each in the order of events.
--
-- Movements of the range, and where lots move on: rows for what no movement stands behind, and for lots that arrive
-- in another position. Positions and movements are read at slightly different moments: an event of a position unknown
-- to the first read was committed in between, left its own stale mark, and is left to the next calculation as a whole.
--
-- relies on   movement_in_order_idx
CREATE OR REPLACE FUNCTION rollforward.stage_events(start_date date, end_date date)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    rows_staged bigint;
BEGIN
    INSERT INTO stage_event (
        ordinal, node_no, position_no, account_id, currency, movement_id, accounting_date, occurred_at, kind, effect, side,
        is_option, quantity, amount, commission, fee, tax, side_commission, commission_currency, counter_amount,
        counter_currency, net, opening_cost, lot_ref, part_side)
    WITH happening AS (
        SELECT position.position_no, scope.costs_in_lot, coalesce(position.is_option, false) AS is_option,
               position.multiplier,
               movement.account_id, movement.currency, movement.movement_id, movement.accounting_date,
               movement.occurred_at,
               CASE movement.kind WHEN 'split' THEN 0 WHEN 'strike_adjustment' THEN 2 ELSE 1 END AS instant_no,
               movement.kind, movement.effect, movement.side, movement.quantity, movement.price, movement.amount,
               CASE WHEN movement.commission_currency <> movement.currency THEN 0 ELSE movement.commission END AS commission,
               movement.fee, movement.tax,
               CASE WHEN movement.commission_currency <> movement.currency THEN movement.commission END AS side_commission,
               nullif(movement.commission_currency, movement.currency) AS commission_currency,
               movement.counter_amount, movement.counter_currency, movement.lot_ref, movement.natural_key
        FROM stage_scope AS scope
        JOIN rollforward_data.movement
            ON movement.account_id = scope.account_id
           AND movement.accounting_date BETWEEN stage_events.start_date AND stage_events.end_date
           AND movement.accounting_date >= scope.from_date
        LEFT JOIN stage_position AS position
            ON position.account_id = movement.account_id
           AND position.instrument_id = movement.instrument_id
           AND position.currency = movement.currency
        WHERE movement.instrument_id IS NULL OR position.position_no IS NOT NULL
        UNION ALL
        SELECT position.position_no, NULL, position.is_option, NULL,
               position.account_id, position.currency, carry.event_id, carry.on_date,
               carry.occurred_at, carry.instant_no + place.later,
               NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, carry.natural_key
        FROM stage_carry AS carry
        CROSS JOIN LATERAL (VALUES
            (carry.position_no, NOT carry.is_booked, 0),
            -- rows of split of one day take what was held in the morning
            (carry.to_position_no, carry.to_position_no <> carry.position_no, (NOT carry.is_booked)::integer)
        ) AS place (position_no, is_needed, later)
        JOIN stage_position AS position ON position.position_no = place.position_no
        WHERE place.is_needed
    )
    SELECT row_number() OVER (
               ORDER BY happening.position_no, happening.accounting_date, happening.occurred_at, happening.instant_no,
                        happening.effect, happening.price, happening.natural_key
           ) AS ordinal,
           happening.position_no AS node_no,
           happening.position_no,
           happening.account_id,
           happening.currency,
           happening.movement_id,
           happening.accounting_date,
           happening.occurred_at,
           happening.kind,
           happening.effect,
           happening.side,
           happening.is_option,
           happening.quantity,
           happening.amount,
           happening.commission,
           happening.fee,
           happening.tax,
           happening.side_commission,
           happening.commission_currency,
           happening.counter_amount,
           happening.counter_currency,
           CASE WHEN happening.kind IN ('securities_in', 'securities_out') THEN 0
                WHEN happening.costs_in_lot THEN happening.amount - happening.commission - happening.fee - happening.tax
                ELSE happening.amount
           END AS net,
           CASE WHEN happening.kind = 'securities_in'
                THEN coalesce(round(happening.quantity * happening.price * happening.multiplier, 8), 0)
           END AS opening_cost,
           happening.lot_ref,
           rollforward.stated_side(happening.kind, happening.effect, happening.side) AS part_side
    FROM happening;
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_event', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_events IS 'Stages the events of a calculation in their order';
