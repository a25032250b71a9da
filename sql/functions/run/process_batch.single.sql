-- Computes lots, position snapshots and account snapshots of one account between two dates, both included.
--
-- One account is a batch of one: arguments, result, errors and locks are those of process_batch(bigint[], …).
CREATE OR REPLACE FUNCTION rollforward.process_batch(
    account_id bigint,
    start_date date,
    end_date date,
    force_recalculation boolean DEFAULT false
)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN rollforward.process_batch(ARRAY[account_id], start_date, end_date, force_recalculation);
END
$$;

COMMENT ON FUNCTION rollforward.process_batch(bigint, date, date, boolean) IS
    'Computes lots and snapshots of one account between two dates';
