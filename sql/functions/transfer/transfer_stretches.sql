-- Which units of a transfer between accounts left where, and arrived where.
--
-- Legs belong together when their accounts are of one person (or of none), they are about the same instrument, currency and
-- side, and have the same external_id, or both have none and the same day and quantity. The units of the legs that belong together lie on two axes, those that
-- left and those that arrive; where the axes overlap, lots travel, unless both legs are of one account or what arrives
-- does so on an earlier day.
--
-- instrument_ids   whose transfers
-- returns          a row per stretch. left_from and left_until count the units of the leg that left, arrived_from those
--                  of the leg that arrives
-- relies on        movement_transfer_idx
CREATE OR REPLACE FUNCTION rollforward.transfer_stretches(instrument_ids bigint[])
RETURNS TABLE (
    from_account_id bigint,
    left_by bigint,
    left_from numeric,
    left_until numeric,
    to_account_id bigint,
    arrived_by bigint,
    arrived_on date,
    arrived_from numeric
)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH leg AS (
        SELECT movement.account_id, movement.movement_id, movement.accounting_date, movement.quantity::numeric AS quantity,
               movement.kind, movement.occurred_at, movement.natural_key,
               concat_ws(' ', coalesce(account.person_id, 0), movement.instrument_id, movement.currency, coalesce(movement.side, 'long'),
                         coalesce('ref ' || movement.external_id,
                                  'on ' || movement.accounting_date || ' ' || trim_scale(movement.quantity))) AS transfer
        FROM rollforward_data.movement
        JOIN rollforward_data.account USING (account_id)
        WHERE movement.instrument_id = ANY (transfer_stretches.instrument_ids)
          AND movement.kind IN ('securities_in', 'securities_out')
    ),
    placed AS (
        SELECT leg.*,
               sum(leg.quantity) OVER (
                   PARTITION BY leg.kind, leg.transfer
                   ORDER BY leg.account_id, leg.accounting_date, leg.occurred_at, leg.natural_key
                   ROWS UNBOUNDED PRECEDING) AS axis_end
        FROM leg
    )
    SELECT gone.account_id, gone.movement_id,
           greatest(gone.axis_end - gone.quantity, come.axis_end - come.quantity) - (gone.axis_end - gone.quantity),
           least(gone.axis_end, come.axis_end) - (gone.axis_end - gone.quantity),
           come.account_id, come.movement_id, come.accounting_date,
           greatest(gone.axis_end - gone.quantity, come.axis_end - come.quantity) - (come.axis_end - come.quantity)
    FROM placed AS gone
    JOIN placed AS come
        ON come.transfer = gone.transfer
       AND come.axis_end > gone.axis_end - gone.quantity
       AND gone.axis_end > come.axis_end - come.quantity
    WHERE gone.kind = 'securities_out'
      AND come.kind = 'securities_in'
      AND come.account_id <> gone.account_id
      AND come.accounting_date >= gone.accounting_date;
END;

COMMENT ON FUNCTION rollforward.transfer_stretches IS 'Which units of a transfer between accounts left where, and arrived where';
