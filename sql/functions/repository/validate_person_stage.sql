-- What is wrong with the persons staged in batch_person: see validate_person_batch.
CREATE OR REPLACE FUNCTION rollforward.validate_person_stage(on_conflict text DEFAULT 'error')
RETURNS SETOF rollforward.batch_offence
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rollforward.require_choice('on_conflict', on_conflict, ARRAY['error', 'skip', 'update']);
    PERFORM rollforward.require_own_stage('batch_person');
    PERFORM rollforward.complete_person_stage(on_conflict);
    RETURN QUERY SELECT * FROM rollforward.batch_offences('person', 'save', on_conflict);
END
$$;

COMMENT ON FUNCTION rollforward.validate_person_stage IS 'What is wrong with the staged persons';
