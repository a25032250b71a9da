-- Closings beyond what was open on their side: their cash counts, but part of them realizes nothing.
CREATE OR REPLACE VIEW rollforward.orphan_closing AS
SELECT movement.account_id,
       movement.movement_id,
       movement.accounting_date,
       movement.kind,
       movement.instrument_id,
       instrument.symbol,
       movement.currency,
       movement.quantity,
       coalesce(matched.quantity, 0)::rollforward_data.exact_quantity AS matched_quantity
FROM rollforward_data.movement
JOIN rollforward_data.instrument USING (instrument_id)
JOIN rollforward.settled_account AS settled
    ON settled.account_id = movement.account_id
   AND movement.accounting_date <= settled.settled_until
LEFT JOIN (
    SELECT slice.account_id, slice.closed_by, sum(slice.quantity) AS quantity
    FROM rollforward_data.lot_slice AS slice
    WHERE slice.closed_by IS NOT NULL
      AND slice.carried_to IS NULL
    GROUP BY slice.account_id, slice.closed_by
) AS matched
    ON matched.account_id = movement.account_id
   AND matched.closed_by = movement.movement_id
WHERE movement.effect = 'close'
  AND movement.quantity > coalesce(matched.quantity, 0);

COMMENT ON VIEW rollforward.orphan_closing IS 'Closings beyond what was open on their side, and how much of them found a lot';
