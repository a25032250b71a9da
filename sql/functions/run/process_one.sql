-- Computes one account by the batch or, if that fails, by the reference; what fails is undone and reported.
--
-- returns   as process_batch; success is false when both failed. errors keeps what each of them said
CREATE OR REPLACE FUNCTION rollforward.process_one(account_id bigint, start_date date, end_date date)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    result rollforward.batch_result;
    errors jsonb := '[]';
    error_state text;
    error_message text;
    error_detail text;
    error_hint text;
BEGIN
    BEGIN
        RETURN rollforward.process_batch(ARRAY[account_id], start_date, end_date);
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected OR lock_not_available THEN
            RAISE;
        WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS error_state = RETURNED_SQLSTATE, error_message = MESSAGE_TEXT,
                                    error_detail = PG_EXCEPTION_DETAIL, error_hint = PG_EXCEPTION_HINT;
            errors := errors || jsonb_build_object(
                'sqlstate', error_state, 'message', error_message, 'detail', nullif(error_detail, ''),
                'hint', nullif(error_hint, ''), 'account_id', account_id, 'snapshot_date', NULL);
    END;

    BEGIN
        result := rollforward.process_per_date(account_id, start_date, end_date);
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected OR lock_not_available THEN
            RAISE;
        WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS error_state = RETURNED_SQLSTATE, error_message = MESSAGE_TEXT,
                                    error_detail = PG_EXCEPTION_DETAIL, error_hint = PG_EXCEPTION_HINT;
            errors := errors || jsonb_build_object(
                'sqlstate', error_state, 'message', error_message, 'detail', nullif(error_detail, ''),
                'hint', nullif(error_hint, ''), 'account_id', account_id, 'snapshot_date', NULL);
            result := ROW(NULL, false, 'per_date', true, 0, 0, 0, 0, 0, 0, 0, '[]', 0, NULL);
    END;
    result.fell_back := true;
    result.errors := errors;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.process_one IS 'Computes one account by the batch or, if that fails, by the reference';
