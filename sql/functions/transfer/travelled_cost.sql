-- Lots that transfers of securities brought in, and took away, at cost: signed, positive where a long came in.
CREATE OR REPLACE VIEW rollforward.travelled_cost AS
SELECT lot.account_id, lot.instrument_id, lot.currency, lot.entered_on AS on_date,
       (CASE lot.side WHEN 'long' THEN lot.lot_quantity ELSE -lot.lot_quantity END)::numeric AS quantity,
       (CASE lot.side WHEN 'long' THEN lot.lot_cost ELSE -lot.lot_cost END)::numeric AS cost
FROM (
    SELECT DISTINCT slice.account_id, slice.opened_by, slice.entered_by, slice.instrument_id, slice.currency, slice.side,
                    slice.entered_on, slice.lot_quantity, slice.lot_cost
    FROM rollforward_data.lot_slice AS slice
) AS lot
JOIN rollforward_data.movement AS arrival
    ON arrival.account_id = lot.account_id
   AND arrival.movement_id = lot.entered_by
WHERE arrival.kind = 'securities_in'
UNION ALL
SELECT slice.account_id, slice.instrument_id, slice.currency, slice.closed_on,
       (CASE slice.side WHEN 'long' THEN -slice.quantity ELSE slice.quantity END)::numeric,
       (CASE slice.side WHEN 'long' THEN -slice.cost ELSE slice.cost END)::numeric
FROM rollforward_data.lot_slice AS slice
JOIN rollforward_data.movement AS leaving
    ON leaving.account_id = slice.account_id
   AND leaving.movement_id = slice.closed_by
WHERE leaving.kind = 'securities_out';

COMMENT ON VIEW rollforward.travelled_cost IS 'Lots that transfers of securities brought in and took away, at cost';
