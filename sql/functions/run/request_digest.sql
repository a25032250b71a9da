-- A digest of what is asked for: the same for who asks for the same.
--
-- account_ids   sorted; NULL means all
CREATE OR REPLACE FUNCTION rollforward.request_digest(
    account_ids bigint[],
    start_date date,
    end_date date,
    scenario text,
    mode text,
    only_stale boolean
)
RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT sha256(convert_to(
        jsonb_build_array(to_jsonb(account_ids), start_date, end_date, scenario, mode, only_stale)::text, 'UTF8'));
END;

COMMENT ON FUNCTION rollforward.request_digest IS 'A digest of what is asked for';
