-- Inserts the staged accounts that have no status, in the order in which everybody writes accounts.
--
-- errors   those of the table
CREATE OR REPLACE FUNCTION rollforward.insert_account_stage()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO'
AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO rollforward_data.account (
        number, base_currency, account_id, person_id, broker_id, calendar, costs_in_lot, premium_in_cost, log_id, recorded_at)
    SELECT staged.number, staged.base_currency,
           coalesce(staged.account_id, nextval('rollforward_data.account_account_id_seq')), staged.person_id,
           staged.broker_id, staged.calendar, coalesce(staged.costs_in_lot, true), coalesce(staged.premium_in_cost, false),
           (SELECT current_setting('rollforward.log_id')::bigint),
           (SELECT current_setting('rollforward.recorded_at')::timestamptz)
    FROM batch_account AS staged
    WHERE staged.status IS NULL
    ORDER BY staged.number;
END
$$;

COMMENT ON FUNCTION rollforward.insert_account_stage IS 'Inserts the staged accounts that have no status';
