-- Splits of instruments, as the market or else a statement says: how many units one becomes, effective before trading on the day.
--
-- What becomes another instrument is no split of its prices.
CREATE OR REPLACE VIEW rollforward.split_event AS
SELECT split.instrument_id, split.split_date, split.quantity::numeric / split.per_quantity AS ratio
FROM rollforward_data.split
WHERE split.to_instrument_id IS NULL
UNION ALL
SELECT booked.instrument_id, booked.accounting_date, max(booked.quantity::numeric / booked.per_quantity)
FROM rollforward_data.movement AS booked
WHERE booked.kind = 'split'
  AND booked.to_instrument_id IS NULL
  AND NOT EXISTS (
      SELECT FROM rollforward_data.split
      WHERE split.instrument_id = booked.instrument_id
        AND split.split_date BETWEEN booked.accounting_date - 7 AND booked.accounting_date + 7)
GROUP BY booked.instrument_id, booked.accounting_date;

COMMENT ON VIEW rollforward.split_event IS 'Splits of instruments, as the market or else a statement says';
