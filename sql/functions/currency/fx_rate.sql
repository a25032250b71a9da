-- What one unit of a currency was worth in another: 1 unit of currency = rate units of quote_currency.
CREATE OR REPLACE VIEW rollforward.fx_rate AS
SELECT fx_rate.currency,
       fx_rate.quote_currency,
       fx_rate.rate_date,
       fx_rate.rate
FROM rollforward_data.fx_rate;

COMMENT ON VIEW rollforward.fx_rate IS 'What one unit of a currency was worth in another at the end of a day';
