-- Computes accounts by the batch; what fails is undone, and found by halves.
--
-- A batch that fails is computed again in two halves, and so on down to the accounts that it fails for: one of a thousand costs
-- twenty batches, most of them small. Errors that go by themselves, such as a deadlock, are for the caller.
--
-- with_reference   an account that the batch fails for is computed by the reference
-- returns          errors holds what the batch, and then the reference, said; success is false when both failed
CREATE OR REPLACE FUNCTION rollforward.process_divided(
    account_ids bigint[],
    start_date date,
    end_date date,
    with_reference boolean
)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    half CONSTANT integer := cardinality(account_ids) / 2;
    error_state text;
    message text;
    detail text;
    hint text;
    result rollforward.batch_result;
BEGIN
    BEGIN
        RETURN rollforward.process_batch(account_ids, start_date, end_date);
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected OR lock_not_available THEN
            RAISE;
        WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS error_state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
                                    detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    END;

    IF half > 0 THEN
        RETURN rollforward.combined(
            rollforward.process_divided(account_ids[:half], start_date, end_date, with_reference),
            rollforward.process_divided(account_ids[half + 1:], start_date, end_date, with_reference));
    END IF;
    IF with_reference THEN
        result := rollforward.process_by_reference(account_ids, start_date, end_date);
        result.fell_back := true;
    ELSE
        result := rollforward.nothing_done('batch');
        result.success := false;
    END IF;
    result.mode := 'batch';
    result.errors := rollforward.failure(
        account_ids[1], 'batch', result.success, error_state, message, detail, hint) || result.errors;
    RETURN result;
END
$$;

COMMENT ON FUNCTION rollforward.process_divided IS 'Computes accounts by the batch; what fails is undone, and found by halves';
