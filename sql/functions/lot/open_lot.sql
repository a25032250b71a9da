-- What is still open of each lot, as of the last day computed.
CREATE OR REPLACE VIEW rollforward.open_lot AS
SELECT slice.account_id,
       slice.instrument_id,
       instrument.symbol,
       coalesce(instrument.underlying, instrument.symbol) AS underlying,
       slice.side,
       slice.opened_by,
       slice.opened_on,
       slice.quantity,
       slice.cost,
       slice.currency,
       slice.opened_in
FROM rollforward_data.lot_slice AS slice
JOIN rollforward_data.instrument USING (instrument_id)
WHERE slice.closed_by IS NULL;

COMMENT ON VIEW rollforward.open_lot IS 'What is still open of each lot, and its cost';
