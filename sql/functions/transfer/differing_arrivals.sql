-- Arrivals whose lots are other ones than those that left the other account.
--
-- instrument_ids   whose transfers
-- returns          a row per movement and lot; units and costs are NULL where a side does not know the lot, and so is who
--                  sent it where nobody did
-- relies on        movement_transfer_idx, lot_slice_closed_idx
CREATE OR REPLACE FUNCTION rollforward.differing_arrivals(instrument_ids bigint[])
RETURNS TABLE (
    account_id bigint,
    movement_id bigint,
    accounting_date date,
    opened_by bigint,
    sent_quantity numeric,
    sent_cost numeric,
    received_quantity numeric,
    received_cost numeric,
    from_account_id bigint
)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH received AS (
        SELECT arrival.account_id, arrival.movement_id, arrival.accounting_date, lot.opened_by, lot.opened_in,
               max(lot.lot_quantity)::numeric AS quantity, max(lot.lot_cost)::numeric AS cost
        FROM rollforward_data.movement AS arrival
        JOIN rollforward_data.lot_slice AS lot
            ON lot.account_id = arrival.account_id
           AND lot.closed_on >= arrival.accounting_date
           AND lot.entered_by = arrival.movement_id
           AND lot.opened_by <> arrival.movement_id
        WHERE arrival.instrument_id = ANY (differing_arrivals.instrument_ids)
          AND arrival.kind = 'securities_in'
        GROUP BY arrival.account_id, arrival.movement_id, arrival.accounting_date, lot.opened_by, lot.opened_in
    )
    SELECT coalesce(sent.to_account_id, received.account_id), coalesce(sent.arrived_by, received.movement_id),
           coalesce(sent.arrived_on, received.accounting_date), coalesce(sent.opened_by, received.opened_by),
           sent.quantity, sent.cost, received.quantity, received.cost, sent.from_account_id
    FROM rollforward.arriving_lots(differing_arrivals.instrument_ids) AS sent
    FULL JOIN received
        ON received.account_id = sent.to_account_id
       AND received.movement_id = sent.arrived_by
       AND received.opened_by = sent.opened_by
       AND received.opened_in = sent.opened_in
    WHERE (sent.quantity, sent.cost) IS DISTINCT FROM (received.quantity, received.cost);
END;

COMMENT ON FUNCTION rollforward.differing_arrivals IS 'Arrivals whose lots are other ones than those that left the other account';
