-- Computes accounts in one mode, once.
--
-- mode      auto, batch, per_date or shadow
-- returns   as process; mode is batch or per_date, NULL when there are no accounts
CREATE OR REPLACE FUNCTION rollforward.process_in_mode(account_ids bigint[], start_date date, end_date date, mode text)
RETURNS rollforward.batch_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF account_ids = '{}' THEN
        RETURN rollforward.nothing_done(NULL);
    ELSIF mode = 'per_date' THEN
        RETURN rollforward.process_by_reference(account_ids, start_date, end_date);
    END IF;
    RETURN rollforward.process_divided(account_ids, start_date, end_date, with_reference => mode <> 'batch');
END
$$;

COMMENT ON FUNCTION rollforward.process_in_mode IS 'Computes accounts in one mode, once';
