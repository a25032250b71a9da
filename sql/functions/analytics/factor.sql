-- What returns of instruments are explained by: see save_factor(), which defines it.
CREATE OR REPLACE VIEW rollforward.factor AS
SELECT factor.name, factor.method, factor.symbol, factor.short_symbol, factor.window_days, factor.minimum_returns,
       factor.covers_options, factor.is_shocked, factor.unit_return::double precision AS unit_return
FROM rollforward_data.factor;

COMMENT ON VIEW rollforward.factor IS 'What returns of instruments are explained by';
