-- What has become of a chunk that was refused, for the report: why.
--
-- detail   of the error; those of rollforward are JSON
CREATE OR REPLACE FUNCTION rollforward.chunk_refusal(state text, message text, detail text, hint text)
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT jsonb_build_object(
        'status', 'refused', 'sqlstate', state, 'message', message,
        'detail', CASE WHEN state LIKE '__R__' THEN nullif(detail, '')::jsonb ELSE to_jsonb(nullif(detail, '')) END,
        'hint', nullif(hint, ''));
END;

COMMENT ON FUNCTION rollforward.chunk_refusal IS 'What has become of a chunk that was refused, for the report';
