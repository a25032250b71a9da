-- Splits of instruments, as the market or else statements say: how many units one becomes, effective before trading on the day.
--
-- What accounts book within a week of each other, or of what the market says, is one split, on the first of the days, however
-- many of them book it. What becomes another instrument is no split of its prices.
CREATE OR REPLACE VIEW rollforward.split_event AS
SELECT split.instrument_id, split.split_date, split.quantity::numeric / split.per_quantity AS ratio
FROM rollforward_data.split
WHERE split.to_instrument_id IS NULL
UNION ALL
SELECT listed.instrument_id, listed.accounting_date, listed.ratio
FROM (
    SELECT booked.instrument_id, booked.accounting_date, max(booked.quantity::numeric / booked.per_quantity) AS ratio,
           lag(booked.accounting_date) OVER (PARTITION BY booked.instrument_id ORDER BY booked.accounting_date) AS booked_before
    FROM rollforward_data.movement AS booked
    WHERE booked.kind = 'split'
      AND booked.to_instrument_id IS NULL
      AND NOT EXISTS (
          SELECT FROM rollforward_data.split
          WHERE split.instrument_id = booked.instrument_id
            AND split.split_date BETWEEN booked.accounting_date - 7 AND booked.accounting_date + 7)
    GROUP BY booked.instrument_id, booked.accounting_date
) AS listed
WHERE listed.booked_before IS NULL
   OR listed.booked_before < listed.accounting_date - 7;

COMMENT ON VIEW rollforward.split_event IS 'Splits of instruments, as the market or else statements say';
