-- Computes accounts by the reference, one after the other; what fails is undone and reported.
--
-- returns   success is false when an account failed; errors says why
CREATE OR REPLACE FUNCTION rollforward.process_by_reference(account_ids bigint[], start_date date, end_date date)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    subject bigint;
    error_state text;
    message text;
    detail text;
    hint text;
    result rollforward.batch_result := rollforward.nothing_done('per_date');
BEGIN
    FOREACH subject IN ARRAY account_ids LOOP
        BEGIN
            result := rollforward.combined(result, rollforward.process_per_date(subject, start_date, end_date));
        EXCEPTION
            WHEN serialization_failure OR deadlock_detected OR lock_not_available THEN
                RAISE;
            WHEN OTHERS THEN
                GET STACKED DIAGNOSTICS error_state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
                                        detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
                result.success := false;
                result.errors := result.errors
                    || rollforward.failure(subject, 'per_date', false, error_state, message, detail, hint);
        END;
    END LOOP;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.process_by_reference IS 'Computes accounts by the reference, one after the other';
