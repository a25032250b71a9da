-- Waits until nobody else computes these accounts, and says whether somebody has meanwhile computed exactly this: then there is
-- nothing left to do.
--
-- Somebody has not when it failed, or when facts have changed since that concern these accounts.
--
-- relies on   processing_call_request_idx
-- locks       the account rows, in id order
CREATE OR REPLACE FUNCTION rollforward.wait_for_same_call(request bytea, account_ids bigint[], end_date date)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    done_before CONSTANT pg_snapshot := pg_current_snapshot();
    latest rollforward_data.processing_call;
BEGIN
    PERFORM FROM rollforward_data.account AS locked
    WHERE locked.account_id = ANY (wait_for_same_call.account_ids)
    ORDER BY locked.account_id
    FOR NO KEY UPDATE;

    SELECT * INTO latest
    FROM rollforward_data.processing_call AS call
    WHERE call.request = wait_for_same_call.request
    ORDER BY call.call_id DESC
    LIMIT 1;
    RETURN latest.failed = 0
       AND NOT pg_visible_in_snapshot(latest.transaction_id, done_before)
       -- as it is not where a dump was restored: numbers of transactions begin anew there
       AND pg_visible_in_snapshot(latest.transaction_id, pg_current_snapshot())
       AND NOT EXISTS (
            SELECT FROM rollforward.waiting_mark AS mark
            WHERE mark.account_id = ANY (wait_for_same_call.account_ids)
              AND mark.from_date <= wait_for_same_call.end_date);
END
$$;

COMMENT ON FUNCTION rollforward.wait_for_same_call IS 'Waits until nobody else computes these accounts, and says whether somebody has computed exactly this';
