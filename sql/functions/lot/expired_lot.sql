-- Open lots of options whose last day has passed: the statement that says how they ended has not been imported.
CREATE OR REPLACE VIEW rollforward.expired_lot AS
SELECT slice.account_id,
       account.number AS account_number,
       instrument.symbol,
       instrument.expiration,
       slice.side,
       slice.opened_by,
       slice.opened_on,
       slice.quantity
FROM rollforward_data.lot_slice AS slice
JOIN rollforward_data.account USING (account_id)
JOIN rollforward_data.instrument USING (instrument_id)
WHERE slice.closed_by IS NULL
  AND instrument.expiration < current_date;

COMMENT ON VIEW rollforward.expired_lot IS 'Open lots of options past their expiration';
