-- Closings beyond what was open on their side, or among the lots they name: their cash counts, but part of them realizes
-- nothing.
CREATE OR REPLACE VIEW rollforward.orphan_closing AS
SELECT movement.account_id,
       movement.movement_id,
       movement.accounting_date,
       movement.kind,
       movement.instrument_id,
       instrument.symbol,
       movement.currency,
       movement.quantity,
       coalesce(matched.quantity, 0)::rollforward_data.exact_quantity AS matched_quantity,
       movement.lot_ref
FROM rollforward_data.movement
JOIN rollforward_data.instrument USING (instrument_id)
JOIN rollforward.settled_account AS settled
    ON settled.account_id = movement.account_id
   AND movement.accounting_date <= settled.settled_until
LEFT JOIN (
    SELECT slice.account_id, slice.closed_by, slice.closed_on, sum(slice.quantity) AS quantity
    FROM rollforward_data.lot_slice AS slice
    WHERE slice.closed_by IS NOT NULL
      AND slice.carried_to IS NULL
    GROUP BY slice.account_id, slice.closed_by, slice.closed_on
) AS matched
    ON matched.account_id = movement.account_id
   AND matched.closed_by = movement.movement_id
   -- else it is from before the closing was moved, of a day that is still to be computed
   AND matched.closed_on = movement.accounting_date
LEFT JOIN (
    -- what a trade that takes the position as it finds it has opened
    SELECT slice.account_id, slice.opened_by, max(slice.lot_quantity) AS quantity
    FROM rollforward_data.lot_slice AS slice
    WHERE slice.entered_by = slice.opened_by
    GROUP BY slice.account_id, slice.opened_by
) AS opened
    ON opened.account_id = movement.account_id
   AND opened.opened_by = movement.movement_id
   AND movement.effect = 'auto'
WHERE movement.effect IN ('close', 'auto')
  AND movement.quantity > coalesce(matched.quantity, 0) + coalesce(opened.quantity, 0);

COMMENT ON VIEW rollforward.orphan_closing IS 'Closings beyond what was open, and how much of them found a lot';
