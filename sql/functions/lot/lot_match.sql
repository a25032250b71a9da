-- Which opening quantity each closing consumed, and what was gained.
--
-- cost is what opening cost (long) or brought in (short), proceeds what closing brought in (long) or cost (short);
-- gain is positive when money was made. opened_by and closed_by are movements. A lot that moved
-- on, or came from another account, keeps the movement and day that opened it; opened_in is the account of that movement.
CREATE OR REPLACE VIEW rollforward.lot_match AS
SELECT slice.account_id,
       slice.instrument_id,
       instrument.symbol,
       coalesce(instrument.underlying, instrument.symbol) AS underlying,
       slice.side,
       slice.opened_by,
       slice.closed_by,
       slice.opened_on,
       slice.closed_on,
       slice.quantity,
       slice.cost,
       slice.proceeds,
       slice.gain,
       slice.currency,
       slice.opened_in
FROM rollforward_data.lot_slice AS slice
JOIN rollforward_data.instrument USING (instrument_id)
WHERE slice.closed_by IS NOT NULL
  AND slice.carried_to IS NULL;

COMMENT ON VIEW rollforward.lot_match IS 'Which opening quantity each closing consumed, at what cost, proceeds and gain';
