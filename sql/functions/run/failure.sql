-- What went wrong for an account, as an array of one element, as in batch_result.errors.
--
-- path        what failed: batch or per_date
-- recovered   whether the account was computed nevertheless, by the reference
CREATE OR REPLACE FUNCTION rollforward.failure(
    account_id bigint,
    path text,
    recovered boolean,
    error_state text,
    message text,
    detail text,
    hint text
)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT jsonb_build_array(jsonb_build_object(
        'sqlstate', error_state, 'message', message, 'detail', nullif(detail, ''), 'hint', nullif(hint, ''),
        'account_id', account_id, 'snapshot_date', NULL, 'path', path, 'recovered', recovered));
END;

COMMENT ON FUNCTION rollforward.failure IS 'What went wrong for an account, as in batch_result.errors';
