-- What is wrong with the instruments staged in batch_instrument: see validate_instrument_batch.
CREATE OR REPLACE FUNCTION rollforward.validate_instrument_stage(on_conflict text DEFAULT 'error')
RETURNS SETOF rollforward.batch_offence
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.require_choice('on_conflict', on_conflict, ARRAY['error', 'skip', 'update']);
    PERFORM rollforward.require_own_stage('batch_instrument');
    PERFORM rollforward.complete_instrument_stage(on_conflict);
    RETURN QUERY SELECT * FROM rollforward.batch_offences('instrument', 'save', on_conflict);
END
$$;

COMMENT ON FUNCTION rollforward.validate_instrument_stage IS 'What is wrong with the staged instruments';
