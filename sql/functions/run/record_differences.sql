-- Compares what is stored of accounts with the reference, and records every difference.
--
-- run_id    the run they belong to, or NULL
-- returns   how many there are
CREATE OR REPLACE FUNCTION rollforward.record_differences(account_ids bigint[], end_date date, run_id bigint)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    recorded bigint;
BEGIN
    INSERT INTO rollforward_data.shadow_difference (run_id, account_id, object, key, field, stored, expected)
    SELECT record_differences.run_id, difference.*
    FROM rollforward.verify(account_ids, end_date => record_differences.end_date) AS difference;
    GET DIAGNOSTICS recorded = ROW_COUNT;
    RETURN recorded;
END
$$;

COMMENT ON FUNCTION rollforward.record_differences IS 'Compares what is stored of accounts with the reference, and records every difference';
