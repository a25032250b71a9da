-- Closing prices, in the currency of their instruments.
CREATE OR REPLACE VIEW rollforward.price AS
SELECT price.instrument_id,
       instrument.symbol,
       price.price_date,
       price.close,
       instrument.currency
FROM rollforward_data.price
JOIN rollforward_data.instrument USING (instrument_id);

COMMENT ON VIEW rollforward.price IS 'Closing prices, in the currency of their instruments';
