-- Instruments that have a profile, and what it says; NULL where it says nothing.
CREATE OR REPLACE VIEW rollforward.instrument_profile AS
SELECT instrument.instrument_id,
       instrument.symbol,
       instrument.kind,
       profile.sector,
       profile.industry,
       profile.beta,
       profile.is_etf
FROM rollforward_data.instrument
JOIN rollforward_data.instrument_profile AS profile USING (instrument_id);

COMMENT ON VIEW rollforward.instrument_profile IS 'Instruments and what analysts say of them';
