-- The accounts in the errors of a batch_result, each once.
--
-- recovered   true: computed by the reference; false: left as they were
CREATE OR REPLACE FUNCTION rollforward.failed_accounts(errors jsonb)
RETURNS TABLE (account_id bigint, recovered boolean)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT (error ->> 'account_id')::bigint, bool_and((error ->> 'recovered')::boolean)
    FROM jsonb_array_elements(errors) AS error
    GROUP BY 1;
END;

COMMENT ON FUNCTION rollforward.failed_accounts IS 'The accounts in the errors of a batch_result, each once';
