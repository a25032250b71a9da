-- Splits and changes of symbol, effective before trading on their day; accounts may have booked others themselves.
CREATE OR REPLACE VIEW rollforward.split AS
SELECT split.instrument_id,
       instrument.symbol,
       split.split_date,
       split.quantity,
       split.per_quantity,
       successor.symbol AS to_symbol
FROM rollforward_data.split
JOIN rollforward_data.instrument ON instrument.instrument_id = split.instrument_id
LEFT JOIN rollforward_data.instrument AS successor ON successor.instrument_id = split.to_instrument_id;

COMMENT ON VIEW rollforward.split IS 'Splits and changes of symbol: quantity new units for per_quantity old ones';
