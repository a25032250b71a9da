-- Whether an instrument is an option.
CREATE OR REPLACE FUNCTION rollforward.reference_is_option(instrument_id bigint)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT instrument.kind IN ('option', 'future_option')
    FROM rollforward_data.instrument
    WHERE instrument.instrument_id = reference_is_option.instrument_id;
END;

COMMENT ON FUNCTION rollforward.reference_is_option IS 'Reference: whether an instrument is an option';
