-- Waits while another session computes exactly this, and says whether it has done so: then there is nothing left to do.
--
-- It has not when it failed, or when facts have changed since that concern these accounts.
--
-- locks   the request, until the transaction ends
CREATE OR REPLACE FUNCTION rollforward.wait_for_same_call(request bytea, account_ids bigint[], end_date date)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    lock_key CONSTANT bigint := hashtextextended('rollforward call ' || encode(wait_for_same_call.request, 'hex'), 0);
    done_before pg_snapshot;
BEGIN
    IF pg_try_advisory_xact_lock(lock_key) THEN
        RETURN false;
    END IF;
    done_before := pg_current_snapshot();
    PERFORM pg_advisory_xact_lock(lock_key);
    RETURN EXISTS (
            SELECT FROM rollforward_data.processing_call AS call
            WHERE call.request = wait_for_same_call.request
              AND call.failed = 0
              AND NOT pg_visible_in_snapshot(call.transaction_id, done_before))
       AND NOT EXISTS (
            SELECT FROM rollforward.waiting_mark AS mark
            WHERE mark.account_id = ANY (wait_for_same_call.account_ids)
              AND mark.from_date <= wait_for_same_call.end_date);
END
$$;

COMMENT ON FUNCTION rollforward.wait_for_same_call IS 'Waits while another session computes exactly this';
