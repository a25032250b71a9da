-- Former values of closes that were changed, or deleted: close is then NULL. The latest correction is last by correction_id.
CREATE OR REPLACE VIEW rollforward.price_correction AS
SELECT correction.correction_id,
       correction.instrument_id,
       instrument.symbol,
       correction.price_date,
       correction.former_close,
       correction.close,
       correction.corrected_at
FROM rollforward_data.price_correction AS correction
JOIN rollforward_data.instrument USING (instrument_id);

COMMENT ON VIEW rollforward.price_correction IS 'Former values of closes that were changed or deleted';
