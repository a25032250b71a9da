-- Instruments with their terms.
CREATE OR REPLACE VIEW rollforward.instrument AS
SELECT instrument.instrument_id,
       instrument.symbol,
       instrument.kind,
       instrument.currency,
       instrument.multiplier,
       coalesce(instrument.underlying, instrument.symbol) AS underlying,
       instrument.expiration,
       instrument.strike,
       instrument.option_right
FROM rollforward_data.instrument;

COMMENT ON VIEW rollforward.instrument IS 'Instruments and their terms; an instrument without underlying is its own';
